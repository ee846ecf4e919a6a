//! The answers of an appeal, which may be filed as often as one likes.

use domain::division::DivisionCode;
use domain::form::answer::{Answer, YesNo};
use domain::personal::Personal;

/// All that the item `appeal-12345` wants; a photo may come along.
pub(crate) fn appeal() -> Vec<(&'static str, Answer)> {
    let area = DivisionCode::try_from("990001001001".to_owned()).unwrap();
    vec![
        ("topic", Answer::Choice("roads".to_owned())),
        ("area", Answer::Division(area)),
        ("place", Answer::Text(Personal::new("东门路口"))),
        ("what", Answer::Text(Personal::new("路灯坏了三天"))),
        ("answer_by_phone", Answer::YesNo(YesNo::No)),
    ]
}
