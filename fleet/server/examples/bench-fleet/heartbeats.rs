//! Heartbeats that are stored: each is answered after its commit, and the store is counted afterwards.

use crate::line::{Line, Load};
use crate::process::Serving;
use crate::terminals::{Fleet, checked, heartbeat};
use crate::{metric, note};
use fleet_server::store::Store;
use sqlx::Row as _;
use std::time::Duration;

/// Heartbeats on the way at the same time.
const IN_FLIGHT: usize = 1024;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(4);

fn beat() -> Vec<u8> {
    let body = checked(&heartbeat());
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        fleet_api::path::HEARTBEAT,
        body.len()
    );
    (head + &body).into()
}

pub(crate) async fn measure(name: &str, goal: u32, fleet: &Fleet, serving: &Serving, database: &str) {
    let request = beat();
    let lines =
        Line::open_all(serving.device_port, &fleet.root, &fleet.identities, |_| request.clone()).await;
    let mut load = Load::new(lines, IN_FLIGHT);
    let store = Store::open(database).await.unwrap();
    let stored = async || -> i64 {
        let row = sqlx::query("SELECT CAST(COALESCE(SUM(beats), 0) AS BIGINT) AS n FROM hours");
        row.fetch_one(store.read()).await.unwrap().get("n")
    };
    // Until each was heard of: the first heartbeat also writes the devices, later ones only what differs.
    let mut answers = 0;
    while answers < 2 * fleet.identities.len() as u64 {
        answers += load.run(ROUND, &serving.process).await.answers;
    }
    let (mut wall, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let rate = load.run(ROUND, &serving.process).await;
        answers += rate.answers;
        wall.push(rate.wall);
        cpu.push(rate.cpu * 2.0);
    }
    assert_eq!(stored().await, i64::try_from(answers).unwrap(), "what was answered is stored, each once");
    store.close().await;
    note(&format!("{answers} heartbeats are on {name}"));
    let about = format!("heartbeats stored on {name}, each answered after its commit");
    metric(
        &format!("{about}: by the wall clock, all on the same cores"),
        "1/s",
        &wall,
        None,
        &format!("≥ {goal}"),
    );
    let by_cpu = format!("{about}: for each second of the server's own processor time, times two cores");
    metric(&by_cpu, "1/s", &cpu, None, &format!("≥ {goal}"));
}
