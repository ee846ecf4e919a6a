//! A platform that is wrong on purpose: for every point there is a wrongness that makes this point fail, and no other.

use platform_client::sim::conformance::points;

use crate::town::Town;

/// Groups of which one run is long: of these only the broken point itself is asked.
const LONG: [&str; 3] = ["material", "robust", "timing"];

async fn each(of: impl Fn(&str) -> bool) {
    let mut asked = 0;
    for point in points().iter().filter(|point| of(&point.group)) {
        let town = Town::new(Some(point.id.parse().unwrap()));
        let pack = town.pack(1).await;
        let near = |p: &platform_client::sim::conformance::Point| {
            p.group == point.group && (p.id == point.id || !LONG.contains(&p.group.as_str()))
        };
        let report = pack.run_where(near).await;
        assert_eq!(report.failed(), [point.id.as_str()], "a platform that breaks {}", point.id);
        asked += 1;
    }
    assert!(asked > 0);
}

macro_rules! groups {
    ($($test:ident: $($group:literal),+;)+) => {
        $(
            #[tokio::test]
            async fn $test() {
                each(|group| [$($group),+].contains(&group)).await;
            }
        )+

        #[test]
        fn no_group_is_left_out() {
            let here = [$($($group),+),+];
            for point in points() {
                assert!(here.contains(&point.group.as_str()), "{}", point.id);
            }
        }
    };
}

groups! {
    door: "tls";
    envelope: "envelope";
    terminals: "terminal", "event", "assist", "board";
    catalogue: "catalogue";
    sessions: "session";
    items: "item";
    materials: "material", "upload";
    matters: "draft", "withdrawal", "supplement", "result";
    licences: "licence";
    community: "appointment", "volunteer";
    cases: "case";
    states: "state", "appeal";
    ratings: "rating";
    privacy: "privacy";
    robust: "robust";
    timing: "timing";
}

/// Without a connection nothing else can be said, and that is what is said.
#[tokio::test]
async fn a_server_that_is_not_trusted_is_one_failure() {
    let town = Town::new(Some("tls.trusted".parse().unwrap()));
    let report = town.pack(1).await.run().await;
    assert_eq!(report.failed(), ["tls.trusted"]);
    assert_eq!(report.count("not_applicable"), points().len() - 1);
}

/// The whole pack against one wrong platform: no point of another group is drawn in.
#[tokio::test]
async fn one_wrongness_is_one_failure_of_the_whole_pack() {
    let town = Town::new(Some("case.same_key_same_answer".parse().unwrap()));
    let report = town.pack(1).await.run().await;
    assert_eq!(report.failed(), ["case.same_key_same_answer"]);
    assert_eq!(report.count("pass"), points().len() - 1);
}
