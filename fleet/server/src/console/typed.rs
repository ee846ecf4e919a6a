//! The form of a configuration as it was typed: read whole, and given back with a sentence at each field that does not fit.

use super::form::{Form, words_of};
use super::words::Words;
use fleet_api::configuration::{LogLevel, MaintenanceWindow, Settings, SettingsError};
use std::collections::BTreeMap;

/// The most characters of a notice, as the schema has it.
const NOTICE: usize = 60;
/// The most characters of a list of models.
const MODELS: usize = 400;
/// The fields that a form gives back.
const FIELDS: [&str; 12] = [
    "volume_percent",
    "brightness_percent",
    "dark_outside_hours",
    "window_from",
    "window_minutes",
    "download_bytes_per_second",
    "still_there_after_seconds",
    "log_level",
    "notice_zh",
    "notice_en",
    "models",
    "why",
];

/// What stands in each field, and what is wrong with it.
#[derive(Default)]
pub(super) struct Typed {
    values: BTreeMap<&'static str, String>,
    districts: Vec<String>,
    wrong: BTreeMap<&'static str, String>,
}

impl Typed {
    /// The form that begins as a document is.
    pub(super) fn of(settings: &Settings) -> Self {
        let mut values = BTreeMap::new();
        let mut put = |name, value: Option<String>| values.extend(value.map(|value| (name, value)));
        put("volume_percent", settings.volume_percent.map(|n| n.to_string()));
        put("brightness_percent", settings.brightness_percent.map(|n| n.to_string()));
        put(
            "dark_outside_hours",
            settings.dark_outside_hours.map(|yes| if yes { "yes" } else { "no" }.to_owned()),
        );
        let window = settings.maintenance_window.as_ref();
        let clock = |at: u16| format!("{:02}:{:02}", at / 60, at % 60);
        put("window_from", window.map(|window| clock(window.from_minute)));
        put("window_minutes", window.map(|window| window.minutes.to_string()));
        put("download_bytes_per_second", settings.download_bytes_per_second.map(|n| n.to_string()));
        put("still_there_after_seconds", settings.still_there_after_seconds.map(|n| n.to_string()));
        put("log_level", settings.log_level.map(|level| level.word().to_owned()));
        put("notice_zh", settings.idle_notice.as_ref().map(|notice| notice.zh_cn.clone()));
        put("notice_en", settings.idle_notice.as_ref().map(|notice| notice.en.clone()));
        Self { values, ..Self::default() }
    }

    /// What somebody sent.
    pub(super) fn sent(form: &Form) -> Self {
        let values = FIELDS.into_iter().map(|name| (name, form.raw(name).trim().to_owned())).collect();
        let districts = form.all("district").map(str::to_owned).collect();
        Self { values, districts, wrong: BTreeMap::new() }
    }

    /// What stands in a field.
    pub(super) fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// What is wrong with it; empty where nothing is.
    pub(super) fn wrong(&self, name: &str) -> &str {
        self.wrong.get(name).map_or("", String::as_str)
    }

    /// Whether anything is wrong.
    pub(super) fn is_wrong(&self) -> bool {
        !self.wrong.is_empty()
    }

    /// Whether a district was chosen.
    pub(super) fn has(&self, district: &str) -> bool {
        self.districts.iter().any(|chosen| chosen == district)
    }

    /// The districts that were chosen.
    pub(super) fn districts(&self) -> &[String] {
        &self.districts
    }

    /// The models that were written down.
    pub(super) fn models(&mut self, w: &Words) -> Vec<String> {
        let text = self.value("models").to_owned();
        if text.chars().count() > MODELS || text.chars().any(char::is_control) {
            self.say("models", w.form_too_long(MODELS));
        }
        words_of(&text)
    }

    /// The first thing that is wrong with a field is what is said.
    fn say(&mut self, name: &'static str, what: impl Into<String>) {
        self.wrong.entry(name).or_insert_with(|| what.into());
    }

    fn number(&mut self, w: &Words, name: &'static str) -> Option<u64> {
        let text = self.value(name).to_owned();
        let number = text.parse().ok();
        if number.is_none() && !text.is_empty() {
            self.say(name, w.form_number);
        }
        number
    }

    /// A number too great for its type is too great for its bounds as well, which are told with it.
    fn bounded<T: TryFrom<u64>>(&mut self, w: &Words, name: &'static str, most: T) -> Option<T> {
        self.number(w, name).map(|number| T::try_from(number).unwrap_or(most))
    }

    /// The reason, which is asked for with every action.
    pub(super) fn why(&mut self, w: &Words) -> String {
        let why = self.value("why").to_owned();
        if !(4..=500).contains(&why.chars().count()) || why.chars().any(char::is_control) {
            self.say("why", w.form_why_short);
        }
        why
    }

    fn window(&mut self, w: &Words) -> Option<MaintenanceWindow> {
        let clock = self.value("window_from").to_owned();
        let minutes = self.bounded(w, "window_minutes", u16::MAX);
        let from_minute = clock.split_once(':').and_then(|(hour, minute)| {
            let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
            (hour < 24 && minute < 60).then_some(hour * 60 + minute)
        });
        match (clock.is_empty(), self.value("window_minutes").is_empty()) {
            (true, false) => self.say("window_from", w.configurations_window_half),
            (false, true) => self.say("window_minutes", w.configurations_window_half),
            (false, _) if from_minute.is_none() => self.say("window_from", w.form_clock),
            _ => {}
        }
        Some(MaintenanceWindow { from_minute: from_minute?, minutes: minutes? })
    }

    fn notice(&mut self, w: &Words) -> Option<serde_json::Value> {
        let both = ["notice_zh", "notice_en"];
        for (name, other) in [(both[0], both[1]), (both[1], both[0])] {
            let text = self.value(name);
            let (empty, long) = (text.is_empty(), text.chars().count() > NOTICE);
            let control = text.chars().any(char::is_control);
            match empty && !self.value(other).is_empty() {
                true => self.say(name, w.configurations_notice_half),
                false if long || control => self.say(name, w.form_too_long(NOTICE)),
                false => {}
            }
        }
        let [zh_cn, en] = both.map(|name| self.value(name).to_owned());
        (!zh_cn.is_empty() && !en.is_empty()).then(|| serde_json::json!({ "zh-CN": zh_cn, "en": en }))
    }

    fn level(&mut self, w: &Words) -> Option<LogLevel> {
        let word = self.value("log_level");
        let level =
            (!word.is_empty()).then(|| serde_json::from_value(word.into()).unwrap_or(LogLevel::Unrecognised));
        if level == Some(LogLevel::Unrecognised) {
            self.say("log_level", w.form_choice);
        }
        level.filter(|level| *level != LogLevel::Unrecognised)
    }

    /// The settings that were typed, where nothing is wrong with any.
    pub(super) fn settings(&mut self, w: &Words) -> Option<Settings> {
        let settings = Settings {
            volume_percent: self.bounded(w, "volume_percent", u8::MAX),
            brightness_percent: self.bounded(w, "brightness_percent", u8::MAX),
            dark_outside_hours: match self.value("dark_outside_hours") {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            maintenance_window: self.window(w),
            download_bytes_per_second: self.number(w, "download_bytes_per_second"),
            still_there_after_seconds: self.bounded(w, "still_there_after_seconds", u32::MAX),
            log_level: self.level(w),
            idle_notice: self.notice(w).and_then(|notice| serde_json::from_value(notice).ok()),
        };
        // A check names the first that does not fit: it is left out, and the rest is checked.
        let mut rest = settings.clone();
        while let Err(error) = rest.check() {
            let setting = match &error {
                SettingsError::OutOfBounds { setting, .. } | SettingsError::TooLong { setting, .. } => {
                    *setting
                }
                SettingsError::Word(setting) => setting,
            };
            let field = match setting {
                "maintenance_window.from_minute" => "window_from",
                "maintenance_window.minutes" => "window_minutes",
                "idle_notice" => "notice_zh",
                other => other,
            };
            self.say(field, said(w, &error));
            match setting {
                "volume_percent" => rest.volume_percent = None,
                "brightness_percent" => rest.brightness_percent = None,
                "download_bytes_per_second" => rest.download_bytes_per_second = None,
                "still_there_after_seconds" => rest.still_there_after_seconds = None,
                "log_level" => rest.log_level = None,
                "idle_notice" => rest.idle_notice = None,
                _ => rest.maintenance_window = None,
            }
        }
        (!self.is_wrong()).then_some(settings)
    }
}

/// Why a setting cannot be used, in the page's language.
fn said(w: &Words, error: &SettingsError) -> String {
    match error {
        SettingsError::OutOfBounds { least, most, .. } => w.form_bounds(least, most),
        SettingsError::Word(_) => w.form_choice.to_owned(),
        SettingsError::TooLong { most, .. } => w.form_too_long(most),
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::Language;
    use super::*;

    fn typed(body: &str) -> (Typed, Option<Settings>) {
        let mut typed = Typed::sent(&Form::parse(body.as_bytes()).unwrap_or_default());
        let settings = typed.settings(Language::English.words());
        (typed, settings)
    }

    #[test]
    fn what_is_half_typed_or_does_not_fit_is_told_at_its_field_and_kept() {
        for (body, field) in [
            ("notice_zh=搬家", "notice_en"),
            ("notice_en=We+move", "notice_zh"),
            ("window_from=02:00", "window_minutes"),
            ("window_minutes=60", "window_from"),
            ("window_from=25:00&window_minutes=60", "window_from"),
            ("window_from=02:00&window_minutes=70000", "window_minutes"),
            ("volume_percent=101", "volume_percent"),
            ("volume_percent=300", "volume_percent"),
            ("volume_percent=-1", "volume_percent"),
            ("brightness_percent=9", "brightness_percent"),
            ("still_there_after_seconds=10", "still_there_after_seconds"),
            ("download_bytes_per_second=1", "download_bytes_per_second"),
            ("log_level=shout", "log_level"),
        ] {
            let (typed, settings) = typed(body);
            assert_eq!(settings, None, "{body}");
            assert_eq!(typed.wrong.keys().collect::<Vec<_>>(), [&field], "{body}");
            for (name, value) in form_urlencoded::parse(body.as_bytes()) {
                assert_eq!(typed.value(&name), value, "{body}");
            }
        }
    }

    #[test]
    fn every_field_that_does_not_fit_is_told_at_once() {
        let (typed, _) = typed("volume_percent=101&brightness_percent=x&window_minutes=9");
        assert_eq!(typed.wrong.len(), 3, "{:?}", typed.wrong);
    }

    #[test]
    fn a_document_that_was_typed_begins_the_next_form() {
        let body = "volume_percent=60&dark_outside_hours=no&window_from=23:05&window_minutes=90&log_level=info&notice_zh=搬家&notice_en=We+move";
        let (typed, settings) = typed(body);
        let settings = settings.unwrap_or_else(|| panic!("{:?}", typed.wrong));
        assert_eq!(settings.maintenance_window, Some(MaintenanceWindow { from_minute: 1385, minutes: 90 }));
        let again = Typed::of(&settings);
        for name in FIELDS {
            assert_eq!(again.value(name), typed.value(name), "{name}");
        }
    }
}
