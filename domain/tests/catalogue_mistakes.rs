//! Broken item files: every mistake is named with its line and its remedy, and no damage stops the program.

use domain::service_item::source::{Mistake, read_folder, read_item, read_items};
use proptest::prelude::*;

/// A right item with a field of nearly every kind; the numbers of its lines stand in the cases below.
const GOOD: &str = r#"schema = 1
id = "room-booking"
version = "2026.11.1"
code = "11990000MB9900021N3990000000004"
theme = "community_life"
plan_themes = ["culture_sport"]
kind = "application"
name = { zh-CN = "活动室预约", en = "Book a room" }
summary = { zh-CN = "预约社区活动室", en = "Book a room of the community" }
minutes = 3
needs = [ { zh-CN = "身份证", en = "Your identity card" } ]
eligibility = [ { zh-CN = "本社区居民", en = "Residents of this community" } ]
hours = { weekdays = ["08:30-17:30"], weekend = [] }
fee = { zh-CN = "免费", en = "Free of charge" }
law = [ { zh-CN = "社区公约", en = "The community's own rules" } ]
time_limit = { zh-CN = "当场", en = "At once" }
next_step = { zh-CN = "按时来就可以", en = "Come at the hour" }
queueing = "live_only"
responsible = { name = { zh-CN = "居委会", en = "The committee" }, phone = "0119-6500008" }

[identity]
assurance = "card_or_qr"
ways = ["card", "worker"]

[consent]
purpose = { zh-CN = "登记预约", en = "To note the booking" }
reads = [ { zh-CN = "姓名", en = "Your name" } ]
kept = { zh-CN = "办完就清除", en = "Wiped after the visit" }

[[form]]
question = { zh-CN = "哪一间？", en = "Which room?" }

[[form.fields]]
id = "room"
label = { zh-CN = "活动室", en = "Room" }
kind = "choice"
options = [
    { value = "hall", label = { zh-CN = "大厅", en = "Hall" } },
    { value = "studio", label = { zh-CN = "小间", en = "Studio" } },
]

[[form]]
question = { zh-CN = "要搬桌椅吗？", en = "Chairs and tables?" }
when = { field = "room", is = ["hall"] }

[[form.fields]]
id = "chairs"
label = { zh-CN = "桌椅", en = "Chairs" }
kind = "yes_no"

[[form]]
question = { zh-CN = "什么时候，多少人？", en = "When, and how many?" }

[[form.fields]]
id = "day"
label = { zh-CN = "日期", en = "Day" }
kind = "date"
earliest_days = 0
latest_days = 14

[[form.fields]]
id = "people"
label = { zh-CN = "人数", en = "People" }
kind = "number"
min = 1
max = 40
unit = { zh-CN = "人", en = "people" }

[[form.fields]]
id = "phone"
label = { zh-CN = "电话", en = "Telephone" }
necessity = "optional"
prefill = "shared.phone"
kind = "text"
input = "phone"
max_length = 12

[[form]]
question = { zh-CN = "拍一张布置图", en = "Picture of the layout" }

[[form.fields]]
id = "layout"
label = { zh-CN = "布置图", en = "Layout" }
kind = "photo"

[[materials]]
id = "layout-plan"
name = { zh-CN = "布置图", en = "Layout" }
source = "upload"
field = "layout"

[sample]
room = "hall"
chairs = "no"
day = "today+1"
people = 12
layout = "sample"
"#;

/// A change to the right file, and the mistakes that it makes: line, words of what, words of the remedy.
type Case = (&'static str, &'static str, &'static [(usize, &'static str, &'static str)]);

fn check((from, to, expected): Case) {
    assert!(GOOD.contains(from), "the case no longer fits the file: {from}");
    let broken = GOOD.replacen(from, to, 1);
    let mistakes = read_item(&broken).expect_err(to);
    let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    let told = told.join("\n");
    assert_eq!(mistakes.len(), expected.len(), "{from} → {to}\n{told}");
    for (mistake, (line, what, remedy)) in mistakes.iter().zip(expected) {
        assert_eq!(mistake.line, *line, "{told}");
        assert!(mistake.what.contains(what), "{what:?} is not in:\n{told}");
        assert!(mistake.remedy.contains(remedy), "{remedy:?} is not in:\n{told}");
    }
}

#[test]
fn the_right_file_is_right() {
    let item = read_item(GOOD).unwrap();
    assert_eq!((item.form.len(), item.materials.len()), (4, 1));
}

#[test]
fn text_that_is_no_toml() {
    let cases: &[Case] = &[
        ("minutes = 3", "minutes = ", &[(10, "no TOML", "")]),
        ("minutes = 3", "minutes = 3\nminutes = 4", &[(11, "duplicate key", "keep one of the two")]),
        ("id = \"room-booking\"", "id = \"room-booking", &[(2, "no TOML", "pair of quotes")]),
        ("[identity]", "[identity", &[(21, "no TOML", "closed")]),
    ];
    cases.iter().copied().for_each(check);
}

#[test]
fn keys_and_kinds_of_value() {
    let cases: &[Case] = &[
        ("schema = 1", "schema = 2", &[(1, "`schema` cannot be 2", "from 1 to 1")]),
        ("schema = 1\n", "", &[(1, "an item has no `schema`", "add `schema = 1`")]),
        (
            "minutes = 3",
            "minuts = 3",
            &[
                (1, "an item has no `minutes`", "add `minutes = 1`"),
                (10, "`minuts` is no key of an item", "did you mean `minutes`?"),
            ],
        ),
        ("minutes = 3", "minutes = \"3\"", &[(10, "`minutes` is a text", "write 1")]),
        ("minutes = 3", "minutes = 300", &[(10, "`minutes` cannot be 300", "from 1 to 60")]),
        ("minutes = 3", "minutes = 3.5", &[(10, "a number with a point", "write 1")]),
        (
            "theme = \"community_life\"",
            "theme = \"comunity_life\"",
            &[(5, "`theme` cannot be \"comunity_life\"", "did you mean `community_life`?")],
        ),
        (
            "theme = \"community_life\"",
            "theme = \"x\"",
            &[(5, "`theme` cannot be", "use one of elder_care, disability")],
        ),
        ("[\"culture_sport\"]", "[]", &[(6, "`plan_themes` is empty", "at least 1")]),
        (
            "[\"culture_sport\"]",
            "\"culture_sport\"",
            &[(6, "`plan_themes` is a text", "write [ \"childcare\"")],
        ),
        ("version = \"2026.11.1\"", "version = \"1.0\"", &[(3, "`version` cannot be \"1.0\"", "2026.11.1")]),
        ("id = \"room-booking\"", "id = \"Room\"", &[(2, "`id` cannot be \"Room\"", "hyphens")]),
        ("08:30-17:30", "8:30-17:30", &[(13, "`weekdays` cannot be", "08:30-17:30")]),
        ("weekdays = [\"08:30-17:30\"]", "weekdays = []", &[(13, "never open", "00:00-24:00")]),
        (
            "phone = \"0119-6500008\"",
            "phone = \"0119 6500008\"",
            &[(19, "`phone` cannot be", "digits and hyphens")],
        ),
        (
            "law = [",
            "laws = [",
            &[
                (1, "an item has no `law`", "add `law = [ { zh-CN"),
                (15, "`laws` is no key", "did you mean `law`?"),
            ],
        ),
        (
            "necessity = \"optional\"",
            "necesity = \"optional\"",
            &[(72, "`necesity` is no key of a field", "did you mean `necessity`?")],
        ),
        (
            "kind = \"yes_no\"",
            "kind = \"yesno\"",
            &[(49, "`kind` cannot be \"yesno\"", "did you mean `yes_no`?")],
        ),
        (
            "kind = \"yes_no\"",
            "kind = \"yes_no\"\nmax_length = 3",
            &[(50, "`max_length` is no key of a field of kind yes_no", "kind = \"text\"")],
        ),
        ("kind = \"yes_no\"\n", "", &[(46, "a field has no `kind`", "add `kind = \"choice\" or")]),
        ("input = \"phone\"\n", "", &[(69, "a field has no `input`", "add `input = \"any\" or")]),
        (
            "value = \"hall\"",
            "val = \"hall\"",
            &[
                (38, "an option has no `value`", "add `value"),
                (38, "`val` is no key of an option", "did you mean `value`?"),
                (44, "`room` cannot be \"hall\"", "use one of studio"),
            ],
        ),
        ("is = [\"hall\"] }", "is = \"hall\" }", &[(44, "`is` is a text", "write [")]),
        (
            "[[form]]",
            "[form]",
            &[
                (42, "duplicate key", "[[form]]"),
                (51, "duplicate key", "[[form]]"),
                (78, "duplicate key", "[[form]]"),
            ],
        ),
    ];
    cases.iter().copied().for_each(check);
}

#[test]
fn words_in_two_languages() {
    let cases: &[Case] = &[
        (
            "{ zh-CN = \"免费\", en = \"Free of charge\" }",
            "{ zh-CN = \"免费\" }",
            &[(14, "a text has no `en`", "add `en")],
        ),
        ("{ zh-CN = \"免费\", en = \"Free of charge\" }", "\"免费\"", &[(14, "`fee` is a text", "zh-CN")]),
        ("\"免费\"", "\"\"", &[(14, "the text is empty", "both languages")]),
        (
            "\"免费\"",
            "\"免费\x2c不收钱\"",
            &[(14, "`,` of Latin text in the Chinese text", "write `\u{ff0c}`")],
        ),
        ("\"免费\"", "\"免费 \x2812:30\x29\"", &[(14, "`(` of Latin", "\u{ff08}")]),
        ("\"免费\"", "\"Free\"", &[(14, "no Chinese character", "in Chinese")]),
        ("\"免费\"", "\"免费\u{ff01}\"", &[(14, "exclamation mark", "full stop")]),
        ("\"Free of charge\"", "\"Free of charge!\"", &[(14, "exclamation mark", "full stop")]),
        ("\"Free of charge\"", "\"免费\"", &[(14, "has Chinese characters", "in English")]),
        ("\"Free of charge\"", "\" Free\"", &[(14, "begins or ends with a space", "take them away")]),
        ("\"免费\"", "\"免费 {name}\"", &[(14, "different {arguments}", "same ones")]),
        (
            "\"Book a room\"",
            "\"Book a room of the community for your own purposes\"",
            &[(8, "longer than 40", "fewer words")],
        ),
        (
            "en = \"Studio\"",
            "e = \"Studio\"",
            &[(39, "a text has no `en`", "add `en"), (39, "`e` is no key of a text", "use one of zh-CN, en")],
        ),
    ];
    cases.iter().copied().for_each(check);
}

#[test]
fn rules_of_an_item() {
    let cases: &[Case] = &[
        ("1N3990000000004", "1M3990000000004", &[(4, "18th character", "province's list")]),
        ("1N3990000000004", "1N399000000000", &[(4, "31 characters", "province's list")]),
        ("ways = [\"card\", \"worker\"]\n", "", &[(21, "no way that leads to it", "ways = [")]),
        ("ways = [\"card\", \"worker\"]", "ways = [\"card\"]", &[(23, "the only way", "second one")]),
        ("ways = [\"card\", \"worker\"]", "ways = [\"card\", \"card\"]", &[(23, "twice", "take one away")]),
        (
            "ways = [\"card\", \"worker\"]",
            "ways = [\"card\", \"qr\"]",
            &[(23, "`ways` cannot be \"qr\"", "card, province_qr, network_id, sms, worker")],
        ),
        (
            "\"card_or_qr\"\nways = [\"card\", \"worker\"]",
            "\"card_and_face\"\nways = [\"sms\", \"worker\"]",
            &[(21, "without the way card", "add \"card\"")],
        ),
        (
            "assurance = \"card_or_qr\"",
            "assurance = \"none\"",
            &[
                (7, "an application for nobody", "ask for an assurance"),
                (23, "yet there are ways", "take `ways` away"),
                (25, "yet there is a consent", "take [consent] away"),
            ],
        ),
        (
            "[consent]\npurpose",
            "[sample.x]\npurpose",
            &[(21, "no consent notice", "add [consent]"), (25, "answers `x`", "use one of")],
        ),
        (
            "kind = \"application\"",
            "kind = \"certificate\"\ninquiry = \"ask_first\"",
            &[(8, "a certificate with another `inquiry` than none", "nothing is filed")],
        ),
        (
            "queueing = \"live_only\"",
            "queueing = \"may_queue\"\nreach = \"far\"",
            &[(19, "`reach` cannot be \"far\"", "local, cross_province")],
        ),
        (
            "kind = \"application\"",
            "kind = \"directory\"",
            &[
                (7, "asks who reads it", "assurance = \"none\""),
                (30, "a directory with [[form]]", "take it away"),
                (86, "a directory with [[materials]]", "take it away"),
            ],
        ),
    ];
    cases.iter().copied().for_each(check);
}

#[test]
fn rules_of_the_form() {
    let cases: &[Case] = &[
        (
            "id = \"chairs\"",
            "id = \"room\"",
            &[
                (47, "two fields have the id `room`", "another id"),
                (94, "the sample answers `chairs`", "use one of"),
            ],
        ),
        ("en = \"Chairs\" }", "en = \"Room\" }", &[(48, "label \"Room\" stands there twice", "other words")]),
        (
            "en = \"Chairs and tables?\"",
            "en = \"Which room?\"",
            &[(43, "question \"Which room?\"", "other words")],
        ),
        (
            "when = { field = \"room\"",
            "when = { field = \"rom\"",
            &[(44, "`rom` is no earlier field", "did you mean `room`?")],
        ),
        (
            "when = { field = \"room\"",
            "when = { field = \"chairs\"",
            &[(44, "`chairs` is no earlier field", "use one of room")],
        ),
        ("is = [\"hall\"]", "is = [\"hal\"]", &[(44, "`room` cannot be \"hal\"", "did you mean `hall`?")]),
        (
            "en = \"Picture of the layout\" }",
            "en = \"Picture of the layout\" }\nwhen = { field = \"day\", is = [\"x\"] }",
            &[(80, "neither a choice nor a yes_no", "an earlier choice")],
        ),
        (
            "question = { zh-CN = \"哪一间？\", en = \"Which room?\" }",
            "question = { zh-CN = \"哪一间？\", en = \"Which room?\" }\nwhen = { field = \"chairs\", is = [\"yes\"] }",
            &[(32, "`chairs` is no earlier field", "before it")],
        ),
        (
            "    { value = \"studio\", label = { zh-CN = \"小间\", en = \"Studio\" } },\n",
            "",
            &[(37, "a choice of 1", "at least two")],
        ),
        ("value = \"studio\"", "value = \"hall\"", &[(39, "the value \"hall\"", "another value")]),
        ("en = \"Studio\"", "en = \"Hall\"", &[(39, "label \"Hall\" stands there twice", "other words")]),
        (
            "min = 1",
            "min = 41",
            &[
                (65, "`min` is greater than `max`", "exchange"),
                (96, "sample for `people` would be refused", "screen says"),
            ],
        ),
        (
            "earliest_days = 0",
            "earliest_days = 15",
            &[(58, "`earliest_days` is greater", "exchange"), (95, "would be refused", "")],
        ),
        ("\"shared.phone\"", "\"shared\"", &[(73, "`shared` is no source", "shared.KEY")]),
        (
            "\"shared.phone\"",
            "\"card.adress\"",
            &[(73, "`card.adress` is no source", "did you mean `card.address`?")],
        ),
        ("\"shared.phone\"", "\"card.birth\"", &[(73, "cannot fill a field of kind text", "kind date")]),
        (
            "kind = \"photo\"",
            "kind = \"photo\"\nprefill = \"shared.x\"",
            &[(85, "cannot fill a field of kind photo", "any kind but")],
        ),
        (
            "[[form]]\nquestion = { zh-CN = \"拍一张布置图\", en = \"Picture of the layout\" }\n\n",
            "",
            &[(51, "4 fields in one step", "at most three")],
        ),
        (
            "field = \"layout\"\n",
            "",
            &[
                (81, "picture `layout` belongs to no material", "field = \"layout\""),
                (86, "no field of the form takes", "photo field"),
            ],
        ),
        (
            "field = \"layout\"",
            "field = \"room\"",
            &[
                (81, "belongs to no material", "[[materials]]"),
                (90, "`room` is no photo field", "kind photo"),
            ],
        ),
        (
            "source = \"upload\"",
            "source = \"data_sharing\"",
            &[(90, "no upload has a field", "take `field` away")],
        ),
        (
            "source = \"upload\"",
            "source = \"licence_library\"",
            &[(86, "a certificate of no kind", "21 characters")],
        ),
        (
            "source = \"upload\"\nfield = \"layout\"",
            "source = \"licence_library\"\nlicence = \"99000000000000000003C\"",
            &[
                (81, "belongs to no material", "[[materials]]"),
                (86, "a certificate that no field of the form takes", "photo field"),
            ],
        ),
        (
            "source = \"upload\"",
            "source = \"upload\"\nlicence = \"99000000000000000003C\"",
            &[(90, "no certificate of the library has a kind", "licence_library")],
        ),
        (
            "source = \"upload\"",
            "source = \"licence_library\"\nlicence = \"99000000000000000003\"",
            &[(90, "`licence` cannot be", "21 capital letters and digits")],
        ),
        (
            "field = \"layout\"",
            "field = \"layout\"\nnecessity = \"optional\"",
            &[(90, "the material is optional, its field `layout` is required", "same `necessity`")],
        ),
        (
            "zh-CN = \"布置图\", en = \"Layout\" }\nsource",
            "zh-CN = \"居委会证明\", en = \"Layout\" }\nsource",
            &[(88, "a proof that a committee has to write", "data_sharing")],
        ),
    ];
    cases.iter().copied().for_each(check);
}

#[test]
fn rules_of_the_sample() {
    let cases: &[Case] = &[
        ("people = 12\n", "", &[(92, "does not answer the field `people`", "add `people = …`")]),
        ("chairs = \"no\"\n", "", &[(92, "does not answer the field `chairs`", "add `chairs")]),
        (
            "room = \"hall\"\nchairs = \"no\"",
            "room = \"studio\"\nroof = \"no\"",
            &[(94, "`roof`, which is no field", "did you mean `room`?")],
        ),
        ("day = \"today+1\"", "day = \"morgen\"", &[(95, "no answer to a field of kind date", "today+1")]),
        (
            "day = \"today+1\"",
            "day = \"today+15\"",
            &[(95, "sample for `day` would be refused", "the screen says")],
        ),
        ("people = 12", "people = 9223400000000000000", &[(96, "cannot be read", "smaller number")]),
        ("people = 12", "people = \"12\"", &[(96, "kind number", "a whole number")]),
        ("layout = \"sample\"", "layout = \"a.png\"", &[(97, "kind photo", "\"sample\"")]),
        (
            "layout = \"sample\"",
            "layout = \"sample\"\nphone = \"12\"",
            &[(98, "sample for `phone` would be refused", "phone number")],
        ),
    ];
    cases.iter().copied().for_each(check);
}

/// Three mistakes far apart, of three sorts: all are told, in the order of the file.
#[test]
fn all_mistakes_are_told_at_once() {
    let broken = GOOD
        .replacen("minutes = 3", "minutes = 0", 1)
        .replacen("is = [\"hall\"]", "is = [\"roof\"]", 1)
        .replacen("people = 12", "people = 99", 1);
    let lines: Vec<usize> = read_item(&broken).unwrap_err().iter().map(|m| m.line).collect();
    assert_eq!(lines, [10, 44, 96]);
}

#[test]
fn a_mistake_reads_as_a_line_of_a_compiler() {
    let broken = GOOD.replacen("prefill = \"shared.phone\"", "prefil = \"shared.phone\"", 1);
    let mistake: Mistake = read_item(&broken).unwrap_err().remove(0);
    assert_eq!(
        mistake.in_file("catalogue/items/room-booking.toml").to_string(),
        "catalogue/items/room-booking.toml:73:1: `prefil` is no key of a field: did you mean `prefill`?"
    );
}

const LIST: &str =
    "schema = 1\nversion = \"2026.11.1\"\n\n[[items]]\nid = \"room-booking\"\nadmitted = 2026-10-20\n";

#[test]
fn a_folder_as_a_whole() {
    let other = GOOD.replacen("room-booking", "hall-booking", 1);
    let both =
        format!("{LIST}[[items]]\nid = \"hall-booking\"\nadmitted = 2026-10-20\nwithin = [\"990001\"]\n");
    let check = |files: &[(&str, &str)], expected: &[&str]| {
        let mistakes = read_folder(files.iter().copied()).err().unwrap_or_default();
        let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), expected.len(), "{told:#?}");
        for (line, start) in told.iter().zip(expected) {
            assert!(line.starts_with(start), "{start:?} does not begin:\n{line}");
        }
    };
    check(&[("catalogue.toml", LIST), ("items/room-booking.toml", GOOD)], &[]);
    check(
        &[("catalogue.toml", &both), ("items/room-booking.toml", GOOD), ("items/hall-booking.toml", &other)],
        &[],
    );
    check(
        &[("catalogue.toml", &both), ("items/room-booking.toml", GOOD)],
        &["catalogue.toml:8:6: no file for the item `hall-booking`: write hall-booking.toml"],
    );
    check(
        &[("catalogue.toml", LIST), ("items/room-booking.toml", GOOD), ("items/hall-booking.toml", &other)],
        &["items/hall-booking.toml:2:6: the item `hall-booking` is not admitted: add [[items]]"],
    );
    check(
        &[("catalogue.toml", LIST), ("items/room.toml", GOOD)],
        &[
            "items/room.toml:2:6: the item `room-booking` in a file of another name: call the file room-booking.toml",
        ],
    );
    check(
        &[("items/room-booking.toml", GOOD)],
        &["catalogue.toml:1:1: the folder has no catalogue.toml: write one"],
    );
    check(
        &[("catalogue.toml", &LIST.replace("2026-10-20", "\"today\"")), ("items/room-booking.toml", GOOD)],
        &["catalogue.toml:6:12: `admitted` is a text: write 2026-10-20"],
    );
    check(
        &[("catalogue.toml", &LIST.replace("2026-10-20", "2026-02-30")), ("items/room-booking.toml", GOOD)],
        &["catalogue.toml:6:"],
    );
    check(
        &[("catalogue.toml", &format!("{LIST}{}", &LIST[34..])), ("items/room-booking.toml", GOOD)],
        &["catalogue.toml:8:6: `room-booking` is listed twice: take one"],
    );
    check(
        &[("a/catalogue.toml", LIST), ("a/room-booking.toml", GOOD), ("b/room-booking.toml", GOOD)],
        &["b/room-booking.toml:2:6: the item `room-booking` is also in a/room-booking.toml: give one"],
    );
}

#[test]
fn what_a_province_sends_is_taken_whole_or_not_at_all() {
    let other = GOOD.replacen("room-booking", "hall-booking", 1);
    let read = |files: &[(&str, &str)]| read_items("7", files.iter().copied());
    let catalogue = read(&[("b.toml", &other), ("a.toml", GOOD)]).unwrap();
    let ids: Vec<&str> = catalogue.items.iter().map(|i| i.id.0.as_str()).collect();
    assert_eq!((catalogue.version.as_str(), ids), ("7", vec!["hall-booking", "room-booking"]));
    let mistakes = read(&[("a.toml", GOOD), ("b.toml", GOOD), ("c.toml", "x = 1")]).unwrap_err();
    assert_eq!(
        mistakes[0].to_string(),
        "b.toml:2:6: the item `room-booking` is also in a.toml: give one of them another id"
    );
    assert!(mistakes.len() > 10, "everything that c.toml lacks");
}

proptest! {
    /// Whatever happens to a file on its way, reading it ends with an item or with mistakes inside the text.
    #[test]
    fn damage_never_panics(
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0..40_usize, "\\PC{0,12}"), 1..6),
    ) {
        let mut text: Vec<char> = GOOD.chars().collect();
        for (at, length, instead) in cuts {
            let at = at.index(text.len() + 1);
            let end = (at + length).min(text.len());
            text.splice(at..end, instead.chars());
        }
        let text: String = text.into_iter().collect();
        if let Err(mistakes) = read_item(&text) {
            prop_assert!(!mistakes.is_empty());
            for mistake in mistakes {
                prop_assert!((1..=text.matches('\n').count() + 1).contains(&mistake.line), "{mistake}");
            }
        }
    }

    /// A value of another kind at any key is told by the schema, with a remedy of its own: what only the last gate, the
    /// types themselves, would refuse has no place in the schema yet.
    #[test]
    fn exchanged_values_never_panic(line in any::<prop::sample::Index>(), value in r#"(1|-7|"x"|\[\]|\{\}|true|2026-01-01|[[:digit:]]{1,30}|\[\[1\]\])"#) {
        let mut lines: Vec<String> = GOOD.lines().map(str::to_owned).collect();
        let at = line.index(lines.len());
        if let Some((key, _)) = lines[at].clone().split_once(" = ") {
            lines[at] = format!("{key} = {value}");
        }
        let text = lines.join("\n");
        for mistake in read_item(&text).err().into_iter().flatten() {
            prop_assert!(!mistake.remedy.starts_with("see docs"), "{mistake}");
        }
        prop_assert!(read_folder([("catalogue.toml", text.as_str())]).is_err());
    }
}
