//! Polls that find nothing, beside the bare handler: the same client, the same lines, taking turns.

use crate::bare;
use crate::line::{Line, Load};
use crate::process::{Process, Serving};
use crate::terminals::{Fleet, Identity};
use crate::{metric, note};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Polls on the way at the same time.
const IN_FLIGHT: usize = 64;
const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_secs(3);

fn poll(identity: &Identity) -> Vec<u8> {
    let terminal = &identity.terminal;
    format!("GET /default/controller/v1/{terminal} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\n\r\n").into()
}

pub(crate) async fn measure(fleet: &Fleet, serving: &Serving, data: &Path) {
    let first = &fleet.identities[0];
    let mut line = Line::open(serving.device_port, &fleet.root, Some(first), poll(first)).await;
    assert_eq!(line.ask().await, 200);
    let body = String::from_utf8(line.body().to_vec()).unwrap();
    assert!(!body.contains("href"), "a poll finds something: {body}");

    // This program, also where a build has put another one into its place meanwhile.
    let (bare, port) =
        Process::start(Command::new("/proc/self/exe").arg(bare::COMMAND).arg(data.join("keys")).arg(&body));
    let port = port.trim().parse().unwrap();
    let mut loads = Vec::new();
    for (port, server) in [(serving.device_port, &serving.process), (port, &bare)] {
        note(&format!("{} lines are opened", fleet.identities.len()));
        let lines = Line::open_all(port, &fleet.root, &fleet.identities, poll).await;
        loads.push((Load::new(lines, IN_FLIGHT), server, Vec::new()));
    }
    for (load, server, _) in &mut loads {
        load.run(ROUND, server).await;
    }
    for _ in 0..ROUNDS {
        for (load, server, rates) in &mut loads {
            rates.push(load.run(ROUND, server).await);
        }
    }
    note("polls are measured");
    let [ours, theirs] = [&loads[0].2, &loads[1].2];
    let wall = |rates: &[crate::line::Rate]| rates.iter().map(|rate| rate.wall).collect::<Vec<_>>();
    // What two cores could serve, if the client were on another machine.
    let cpu = |rates: &[crate::line::Rate]| rates.iter().map(|rate| rate.cpu * 2.0).collect::<Vec<_>>();
    let lines = fleet.identities.len();
    let anchor = "a bare handler of axum 0.8 behind the same TLS";
    let about = format!("polls that find nothing over {lines} open TLS lines, {IN_FLIGHT} at a time");
    let (ours_wall, theirs_wall) = (wall(ours), wall(theirs));
    let (ours_cpu, theirs_cpu) = (cpu(ours), cpu(theirs));
    let unit = "1/s";
    let by_wall = format!("{about}: by the wall clock, client and server on the same cores");
    metric(&by_wall, unit, &ours_wall, Some((anchor, &theirs_wall)), "≥ 20000");
    metric(&by_wall, unit, &ours_wall, Some((anchor, &theirs_wall)), "≥ 0.7 ×");
    let by_cpu = format!("{about}: for each second of the server's own processor time, times two cores");
    metric(&by_cpu, unit, &ours_cpu, Some((anchor, &theirs_cpu)), "≥ 20000");
    metric(&by_cpu, unit, &ours_cpu, Some((anchor, &theirs_cpu)), "≥ 0.7 ×");
}
