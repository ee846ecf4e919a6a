//! The pack against a platform that keeps to the contract.

use platform_client::http::Method;
use platform_client::operation::Operation;
use platform_client::sim::conformance::{Outcome, points};

use crate::town::Town;

#[tokio::test]
async fn ours_passes_every_point() {
    let town = Town::new(None);
    let report = town.pack(1).await.run().await;
    let others: Vec<_> = report
        .points
        .iter()
        .filter(|p| p.outcome != Outcome::Pass)
        .map(|p| (&p.point.id, &p.outcome, &p.exchanges))
        .collect();
    assert!(others.is_empty(), "{others:#?}");
    assert_eq!(report.points.len(), points().len());
    assert!(report.is_clean());
    // Every point has asked something, but for those of the door, whose connections are no calls.
    for point in report.points.iter().filter(|p| p.point.group != "tls") {
        assert!(!point.exchanges.is_empty(), "{}", point.point.id);
    }
    // What a point says last is what it judges: for each call of the contract there is a point that judges it.
    let judged: Vec<Operation> =
        report.points.iter().filter_map(|p| operation(&p.exchanges.last()?.request)).collect();
    let missed: Vec<&Operation> = Operation::ALL.iter().filter(|o| !judged.contains(o)).collect();
    assert!(missed.is_empty(), "no point judges {missed:?}");
}

/// The call of the contract that a request is, as reports write it: `GET /v1/items?words=x`.
fn operation(request: &str) -> Option<Operation> {
    let mut words = request.split(' ');
    let method = match words.next()? {
        "GET" => Method::Get,
        "POST" => Method::Post,
        _ => return None,
    };
    let path: Vec<&str> = words.next()?.split('?').next()?.split('/').collect();
    let is_parameter = |segment: &str| segment.starts_with('{');
    let fits = |operation: &&Operation| {
        let pattern: Vec<&str> = operation.path().split('/').collect();
        let same = |(p, s): (&&str, &&str)| is_parameter(p) || p == s;
        operation.method() == method && pattern.len() == path.len() && pattern.iter().zip(&path).all(same)
    };
    let parameters = |operation: &&Operation| operation.path().matches('{').count();
    Operation::ALL.iter().filter(fits).min_by_key(parameters).copied()
}

#[tokio::test]
async fn a_second_run_finds_the_same() {
    let town = Town::new(None);
    for seed in [1, 2] {
        let report = town
            .pack(seed)
            .await
            .run_where(|p| !["material", "robust", "timing"].contains(&p.group.as_str()))
            .await;
        assert_eq!(report.failed(), Vec::<&str>::new(), "seed {seed}");
    }
}

/// What is not prepared is said, and is no failure.
#[tokio::test]
async fn what_cannot_be_asked_is_said_with_its_reason() {
    let town = Town::new(None);
    let mut pack = town.pack(1).await;
    pack = {
        use platform_client::sim::conformance::{Https, Pack, Prepared, Target};
        let target = Target::open(town.platform.url(), town.platform.credentials()).unwrap();
        let wire = std::sync::Arc::new(Https::new(&target).unwrap());
        drop(pack);
        Pack::new(target, wire, Prepared::default(), 1)
    };
    let report = pack.run_where(|p| p.id == "session.expired_token").await;
    let Outcome::NotApplicable(reason) = &report.points[1].outcome else { panic!("{:?}", report.points[1]) };
    assert!(reason.en.contains("--prepared") && reason.zh.contains("--prepared"));
    assert!(report.is_clean());
}

/// The pack stands in for a stranger: it names nothing outside itself.
#[test]
fn the_pack_shares_no_code_with_what_it_tests() {
    fn sources(folder: &std::path::Path, into: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, into);
            } else if path.extension().is_some_and(|end| end == "rs") {
                into.push(path);
            }
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sim");
    let mut files = vec![root.join("conformance.rs")];
    sources(&root.join("conformance"), &mut files);
    assert!(files.len() > 20);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let own = line.replace("crate::sim::conformance", "");
            for foreign in ["crate::", "domain::", "sample_city", "super::super"] {
                assert!(!own.contains(foreign), "{}: {line}", file.display());
            }
        }
    }
}
