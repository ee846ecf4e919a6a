//! How a port is written on a command line and in a configuration file.
//!
//! Duty: text ↔ value, every scheme of the product. Never: open anything.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The address of a device.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PortAddress {
    /// `serial:/dev/ttyS0?baud=115200`; a pty is one too.
    Serial {
        /// Device file.
        path: PathBuf,
        /// Bits a second; absent means that the driver finds it.
        baud: Option<u32>,
    },
    /// `usb:0400:c35a`.
    Usb {
        /// Vendor id.
        vendor: u16,
        /// Product id.
        product: u16,
    },
    /// `lp:/dev/usb/lp0`.
    Lp {
        /// Device file.
        path: PathBuf,
    },
    /// `tcp:127.0.0.1:9100`, `tcp:[::1]:9100`.
    Tcp {
        /// Name or address, without brackets.
        host: String,
        /// Port number.
        port: u16,
    },
    /// `pcsc:READER NAME`.
    Pcsc {
        /// The reader's name as PC/SC gives it.
        reader: String,
    },
    /// `ipp://host:port/ipp/print`.
    Ipp {
        /// The whole address.
        uri: String,
    },
    /// `v4l:/dev/video0`.
    V4l {
        /// Device file.
        path: PathBuf,
    },
    /// `input:/dev/input/event0`, a device that types.
    Input {
        /// Device file.
        path: PathBuf,
    },
    /// `frames:DIR`, pictures in the order of their names.
    Frames {
        /// Folder.
        dir: PathBuf,
    },
    /// `gpio:/dev/gpiochip0`.
    Gpio {
        /// Device file.
        path: PathBuf,
    },
    /// `nut:ups@127.0.0.1:3493`, a power supply that Network UPS Tools look after.
    Nut {
        /// Its name there.
        ups: String,
        /// Name or address, without brackets.
        host: String,
        /// Port number.
        port: u16,
    },
    /// `alsa:0/Master`, a control of a sound card.
    Alsa {
        /// Number or name of the card.
        card: String,
        /// Name of the control.
        control: String,
    },
    /// `program:/usr/libexec/engine`, a program of others that answers on its standard output.
    Program {
        /// Its path.
        path: PathBuf,
    },
    /// `replay:FILE`, the recording of another port.
    Replay {
        /// The recording.
        path: PathBuf,
    },
}

impl FromStr for PortAddress {
    type Err = PortAddressError;

    fn from_str(text: &str) -> Result<Self, PortAddressError> {
        let wrong = |expected| PortAddressError { address: text.to_owned(), expected };
        let any = "serial:, usb:, lp:, tcp:, pcsc:, ipp://, v4l:, input:, frames:, gpio:, nut:, alsa:, program: or replay: and what follows it";
        let (scheme, rest) = text.split_once(':').ok_or_else(|| wrong(any))?;
        let path = |expected| match rest {
            "" => Err(wrong(expected)),
            path => Ok(PathBuf::from(path)),
        };
        match scheme {
            "serial" => serial(rest).ok_or_else(|| wrong("serial:/dev/ttyS0?baud=115200")),
            "usb" => usb(rest).ok_or_else(|| wrong("usb:0400:c35a")),
            "lp" => Ok(Self::Lp { path: path("lp:/dev/usb/lp0")? }),
            "tcp" => tcp(rest).ok_or_else(|| wrong("tcp:127.0.0.1:9100")),
            "pcsc" if !rest.is_empty() => Ok(Self::Pcsc { reader: rest.to_owned() }),
            "pcsc" => Err(wrong("pcsc:READER NAME")),
            "ipp" if rest.len() > 2 && rest.starts_with("//") => Ok(Self::Ipp { uri: text.to_owned() }),
            "ipp" => Err(wrong("ipp://host:port/ipp/print")),
            "v4l" => Ok(Self::V4l { path: path("v4l:/dev/video0")? }),
            "input" => Ok(Self::Input { path: path("input:/dev/input/event0")? }),
            "frames" => Ok(Self::Frames { dir: path("frames:DIR")? }),
            "gpio" => Ok(Self::Gpio { path: path("gpio:/dev/gpiochip0")? }),
            "nut" => nut(rest).ok_or_else(|| wrong("nut:ups@127.0.0.1:3493")),
            "alsa" => alsa(rest).ok_or_else(|| wrong("alsa:0/Master")),
            "program" => Ok(Self::Program { path: path("program:/usr/libexec/engine")? }),
            "replay" => Ok(Self::Replay { path: path("replay:FILE")? }),
            _ => Err(wrong(any)),
        }
    }
}

fn serial(rest: &str) -> Option<PortAddress> {
    let (path, baud) = match rest.split_once('?') {
        None => (rest, None),
        Some((path, query)) => (path, Some(query.strip_prefix("baud=")?.parse().ok().filter(|b| *b > 0)?)),
    };
    (!path.is_empty()).then(|| PortAddress::Serial { path: path.into(), baud })
}

fn usb(rest: &str) -> Option<PortAddress> {
    let id = |hex: &str| (hex.len() == 4).then(|| u16::from_str_radix(hex, 16).ok()).flatten();
    let (vendor, product) = rest.split_once(':')?;
    Some(PortAddress::Usb { vendor: id(vendor)?, product: id(product)? })
}

fn tcp(rest: &str) -> Option<PortAddress> {
    let (host, port) = rest.rsplit_once(':')?;
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.strip_suffix(']')?,
        None if host.contains(':') => return None,
        None => host,
    };
    (!host.is_empty()).then_some(())?;
    Some(PortAddress::Tcp { host: host.to_owned(), port: port.parse().ok()? })
}

/// Names of power supplies go into a line of text: what would end it is no name.
fn nut(rest: &str) -> Option<PortAddress> {
    let (ups, address) = rest.split_once('@')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (!ups.is_empty() && ups.chars().all(plain)).then_some(())?;
    let PortAddress::Tcp { host, port } = tcp(address)? else { return None };
    Some(PortAddress::Nut { ups: ups.to_owned(), host, port })
}

/// Neither may look like an option of the program that asks the card.
fn alsa(rest: &str) -> Option<PortAddress> {
    let (card, control) = rest.split_once('/')?;
    let named = |name: &str| !name.is_empty() && !name.starts_with('-');
    (named(card) && named(control))
        .then(|| PortAddress::Alsa { card: card.to_owned(), control: control.to_owned() })
}

impl fmt::Display for PortAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Serial { path, baud: None } => write!(f, "serial:{}", path.display()),
            Self::Serial { path, baud: Some(baud) } => write!(f, "serial:{}?baud={baud}", path.display()),
            Self::Usb { vendor, product } => write!(f, "usb:{vendor:04x}:{product:04x}"),
            Self::Lp { path } => write!(f, "lp:{}", path.display()),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "tcp:[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "tcp:{host}:{port}"),
            Self::Pcsc { reader } => write!(f, "pcsc:{reader}"),
            Self::Ipp { uri } => f.write_str(uri),
            Self::V4l { path } => write!(f, "v4l:{}", path.display()),
            Self::Input { path } => write!(f, "input:{}", path.display()),
            Self::Frames { dir } => write!(f, "frames:{}", dir.display()),
            Self::Gpio { path } => write!(f, "gpio:{}", path.display()),
            Self::Nut { ups, host, port } if host.contains(':') => write!(f, "nut:{ups}@[{host}]:{port}"),
            Self::Nut { ups, host, port } => write!(f, "nut:{ups}@{host}:{port}"),
            Self::Alsa { card, control } => write!(f, "alsa:{card}/{control}"),
            Self::Program { path } => write!(f, "program:{}", path.display()),
            Self::Replay { path } => write!(f, "replay:{}", path.display()),
        }
    }
}

/// The text was no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{address}` is no port: write {expected}")]
pub struct PortAddressError {
    /// What was written.
    pub address: String,
    /// How such an address looks.
    pub expected: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use PortAddress::*;

    #[test]
    fn addresses() {
        let check = |text: &str, want: Option<PortAddress>| {
            let got = text.parse::<PortAddress>();
            assert_eq!(got.clone().ok(), want, "{text}");
            if let Ok(address) = got {
                assert_eq!(address.to_string(), text);
            }
        };
        let tty = PathBuf::from("/dev/ttyS0");
        check("serial:/dev/ttyS0", Some(Serial { path: tty.clone(), baud: None }));
        check("serial:/dev/ttyS0?baud=9600", Some(Serial { path: tty, baud: Some(9600) }));
        check("serial:/dev/pts/3", Some(Serial { path: "/dev/pts/3".into(), baud: None }));
        check("serial:", None);
        check("serial:/dev/ttyS0?speed=9600", None);
        check("serial:/dev/ttyS0?baud=fast", None);
        check("serial:/dev/ttyS0?baud=0", None);
        check("gpio:/dev/gpiochip0", Some(Gpio { path: "/dev/gpiochip0".into() }));
        check("gpio:", None);
        let nut = |host: &str| Nut { ups: "ups".to_owned(), host: host.to_owned(), port: 3493 };
        check("nut:ups@127.0.0.1:3493", Some(nut("127.0.0.1")));
        check("nut:ups@[::1]:3493", Some(nut("::1")));
        for wrong in ["nut:ups", "nut:@h:1", "nut:ups@h", "nut:a b@h:1", "nut:a\n@h:1"] {
            check(wrong, None);
        }
        let alsa = |control: &str| Alsa { card: "0".to_owned(), control: control.to_owned() };
        check("alsa:0/Master", Some(alsa("Master")));
        check("alsa:0/Speaker Front", Some(alsa("Speaker Front")));
        for wrong in ["alsa:0", "alsa:/Master", "alsa:0/", "alsa:-c/x", "alsa:0/-x"] {
            check(wrong, None);
        }
        check("usb:0400:c35a", Some(Usb { vendor: 0x0400, product: 0xC35A }));
        check("usb:400:c35a", None);
        check("usb:0400", None);
        check("lp:/dev/usb/lp0", Some(Lp { path: "/dev/usb/lp0".into() }));
        check("tcp:127.0.0.1:9100", Some(Tcp { host: "127.0.0.1".into(), port: 9100 }));
        check("tcp:[::1]:9100", Some(Tcp { host: "::1".into(), port: 9100 }));
        check("tcp:::1:9100", None);
        check("tcp::9100", None);
        check("tcp:printer:99999", None);
        check("pcsc:Reader 00 00", Some(Pcsc { reader: "Reader 00 00".into() }));
        check("pcsc:", None);
        check("ipp://h:631/ipp/print", Some(Ipp { uri: "ipp://h:631/ipp/print".into() }));
        check("ipp:", None);
        check("v4l:/dev/video0", Some(V4l { path: "/dev/video0".into() }));
        check("input:/dev/input/event3", Some(Input { path: "/dev/input/event3".into() }));
        check("frames:pictures", Some(Frames { dir: "pictures".into() }));
        check("frames:", None);
        check("program:/usr/libexec/engine", Some(Program { path: "/usr/libexec/engine".into() }));
        check("program:", None);
        check("replay:visit.jsonl", Some(Replay { path: "visit.jsonl".into() }));
        check("replay:", None);
        check("/dev/ttyS0", None);
        check("bluetooth:1", None);
        check("", None);
    }

    #[test]
    fn a_mistake_shows_the_right_form() {
        let error = "tcp:9100".parse::<PortAddress>().unwrap_err();
        assert_eq!(error.to_string(), "`tcp:9100` is no port: write tcp:127.0.0.1:9100");
    }
}
