//! A visit begins as loud as configured, whatever was set before.

use super::{script, until};
use domain::device::{Cause, TerminalDevice};
use drivers::speaker::Speaker;
use kiosk_ui::device::Watch;
use kiosk_ui::device::speaker::SpeakerDesk;
use kiosk_ui::inbox::Inbox;

/// A mixer that answers as amixer does: it takes 45 % and nothing else.
const MIXER: &str = r#"case "$*" in
*"sset Master 45% unmute") echo "  Mono: Playback 45 [45%] [-21.00dB] [on]" ;;
*) echo "  Mono: Playback 0 [0%] [-99.00dB] [off]" ;;
esac"#;

#[test]
fn the_volume_is_set_before_the_first_visit() {
    let folder = tempfile::tempdir().unwrap();
    let mixer = folder.path().join("mixer");
    script::made(&mixer, MIXER);
    let cause = |percent| {
        let (_inbox, post) = Inbox::new(|| {});
        let watch = Watch::start(post).unwrap();
        let speaker =
            Speaker::new(&"alsa:0/Master".parse().unwrap()).unwrap().asking(mixer.to_string_lossy());
        let desk = SpeakerDesk::start(speaker, percent, &watch).unwrap();
        desk.reset();
        let known = || {
            let conditions = watch.conditions();
            conditions.into_iter().find(|c| {
                c.device == TerminalDevice::Speaker && c.state != domain::device::DeviceState::Starting
            })
        };
        until("its condition", || known().is_some());
        known().and_then(|condition| condition.cause)
    };
    assert_eq!(cause(45), None);
    assert_eq!(cause(44), Some(Cause::Muted), "this mixer takes only 45");
}
