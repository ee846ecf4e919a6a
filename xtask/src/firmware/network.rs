//! The rules of the network: what nft thinks of them, and what they do to packets.

use super::{FirmwareError, Report, read};
use crate::program::{has, output};
use crate::say;
use std::path::Path;
use std::process::Command;

/// Brings up a cable and a modem, of which nobody reads, and says of each destination whether the kernel let a datagram go.
/// $1 is the file of rules; the addresses are those of network.nft.example.
const TRIAL: &str = r#"set -e
ip link set lo up
for name in wwan0 eth0; do ip tuntap add "$name" mode tun; ip link set "$name" up; done
nft --file "$1"
try() { if (printf x >"/dev/udp/$2/$3") 2>/dev/null; then echo "$1 $2 $3 goes"; else echo "$1 $2 $3 stays"; fi; }
for way in wwan0 eth0; do
    for name in wwan0 eth0; do ip address flush dev "$name"; done
    ip address add 100.64.0.2/32 dev "$way"
    ip route replace default dev "$way"
    try "$way" 198.51.100.1 443
    try "$way" 192.0.2.53 53
    try "$way" 192.0.2.10 443
    try "$way" 203.0.113.9 53
done
"#;

/// Over a modem its one address and nothing else, not even what a cable may reach; over a cable names, and no stranger.
const EXPECTED: [&str; 8] = [
    "wwan0 198.51.100.1 443 goes",
    "wwan0 192.0.2.53 53 stays",
    "wwan0 192.0.2.10 443 stays",
    "wwan0 203.0.113.9 53 stays",
    "eth0 198.51.100.1 443 stays",
    "eth0 192.0.2.53 53 goes",
    "eth0 192.0.2.10 443 stays",
    "eth0 203.0.113.9 53 stays",
];

/// The rules are rules, with a site's sets.
pub(super) fn check(overlay: &Path, scratch: &Path, report: &mut Report) -> Result<(), FirmwareError> {
    let rules = overlay.join("etc/nftables.conf");
    let text = read(&rules)?;
    let include = "include \"/etc/yilin/*.nft\"";
    report.check(text.contains(include), &rules, "does not read the site's sets");
    for chain in ["input", "forward", "output"] {
        let hook = format!("hook {chain} priority filter; policy drop;");
        report.check(text.contains(&hook), &rules, format!("lets {chain} through by default"));
    }
    if !has("nft", "rules of the network")? || !has("unshare", "rules of the network")? {
        return Ok(());
    }
    let site = overlay.join("etc/yilin/network.nft.example");
    let whole = scratch.join("rules.nft");
    let text = text.replace(include, &read(&site)?);
    std::fs::write(&whole, text).map_err(|e| FirmwareError::File(whole.clone(), e))?;
    // In a network of its own: checking asks the kernel, and changes nothing of this machine.
    let mut check = Command::new("unshare");
    check.args(["--net", "--map-root-user", "nft", "--check", "--file"]).arg(&whole);
    if let Err(error) = output(&mut check) {
        report.fault(&rules, error.to_string());
        return Ok(());
    }
    if has("ip", "what the rules do to packets")? && has("bash", "what the rules do to packets")? {
        let mut trial = Command::new("unshare");
        trial.args(["--net", "--map-root-user", "bash", "-c", TRIAL, "trial"]).arg(&whole);
        match output(&mut trial) {
            Ok(said) => differences(&said).into_iter().for_each(|fault| report.fault(&rules, fault)),
            Err(error) => report.fault(&rules, format!("cannot be tried: {error}")),
        }
        say("network rules: eight datagrams tried over a cable and a modem");
    }
    Ok(())
}

/// Datagrams that went or stayed otherwise than they should.
fn differences(said: &str) -> Vec<String> {
    let said: Vec<&str> = said.lines().collect();
    let differs = |wanted: &&&str| !said.contains(*wanted);
    EXPECTED
        .iter()
        .filter(differs)
        .map(|wanted| format!("a datagram did not do as expected: {wanted}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datagram_that_goes_a_forbidden_way_is_found() {
        let right = EXPECTED.join("\n");
        assert!(differences(&right).is_empty());
        let leak = right.replace("wwan0 203.0.113.9 53 stays", "wwan0 203.0.113.9 53 goes");
        assert_eq!(differences(&leak), ["a datagram did not do as expected: wwan0 203.0.113.9 53 stays"]);
        assert_eq!(differences("").len(), EXPECTED.len());
    }
}
