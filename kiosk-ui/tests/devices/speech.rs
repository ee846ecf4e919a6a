//! The voice's thread: the newest text wins, and what is over falls silent.

use super::{script, until};
use domain::locale::Locale;
use domain::personal::Personal;
use kiosk_ui::config::Config;
use kiosk_ui::device::speech::SpeechDesk;

/// A voice that notes what it says, and says `长` until it is stopped.
const VOICE: &str = r#"text=$(cat)
echo "$1 $text" >> "$2"
case "$text" in 长*) exec sleep 1000 ;; esac"#;

#[test]
fn the_newest_text_wins_and_each_language_has_its_voice() {
    let folder = tempfile::tempdir().unwrap();
    let voice = folder.path().join("voice");
    script::made(&voice, VOICE);
    let said = folder.path().join("said");
    let file = format!(
        "[speech]\nprogram = \"voice\"\narguments = {{ zh-CN = [\"zh\", \"{said}\"], en = [\"en\", \"{said}\"] }}\n",
        said = said.display()
    );
    let config = Config::parse(&file, folder.path()).unwrap();
    let desk = SpeechDesk::start(config.devices.speech.unwrap()).unwrap();
    let heard = || std::fs::read_to_string(&said).unwrap_or_default();
    desk.say(Locale::ZhCn, Personal::new("长长的一句"));
    until("the first text", || heard().contains("zh 长长的一句"));
    desk.say(Locale::En, Personal::new("the second"));
    until("the newest text", || heard().contains("en the second"));
    desk.say(Locale::ZhCn, Personal::new("长的第三句"));
    until("the third text", || heard().contains("zh 长的第三句"));
    desk.hush();
    desk.say(Locale::En, Personal::new("after the silence"));
    until("what comes after", || heard().contains("en after the silence"));
}
