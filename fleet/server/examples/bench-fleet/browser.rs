//! Somebody who is signed in at the console.

use crate::line::Line;
use fleet_server::console::tokens;
use fleet_server::store::{Store, sessions};
use sqlx::Row as _;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

pub(crate) struct Browser {
    line: Line,
    headers: String,
}

/// An account of a role.
pub(crate) async fn account(store: &Store, now: i64, role: &str) -> i64 {
    let mut tx = store.write().await.unwrap();
    let row = sqlx::query(
        "INSERT INTO accounts (name, shown, role, state, language, handle, created_at, created_by) \
         VALUES ($1, $1, $1, 'active', 'zh-CN', $1, $2, 'bench') RETURNING id",
    );
    let id = row.bind(role).bind(now).fetch_one(tx.on()).await.unwrap().get("id");
    tx.commit().await.unwrap();
    id
}

impl Browser {
    /// A new session of `account`, and a line to the console.
    pub(crate) async fn sign_in(store: &Store, account: i64, now: i64, port: u16, root: &str) -> Self {
        let token = tokens::token();
        let mut tx = store.write().await.unwrap();
        sessions::begin(&mut tx, &tokens::hash(&token), account, now).await.unwrap();
        tx.commit().await.unwrap();
        let headers = format!("cookie: __Host-yilin={token}\r\naccept-language: zh-CN\r\n");
        Self { line: Line::open(port, root, None, Vec::new()).await, headers }
    }

    /// A page and how long it took.
    pub(crate) async fn page(&mut self, path: &str) -> (Duration, &[u8]) {
        let asked = Instant::now();
        let status = self.line.get(path, &self.headers).await;
        let took = asked.elapsed();
        let body = self.line.body();
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(body));
        (took, body)
    }

    /// Milliseconds that a page took, so many times.
    pub(crate) async fn times(&mut self, path: &str, times: usize) -> Vec<f64> {
        let mut all = Vec::new();
        for _ in 0..times {
            all.push(self.page(path).await.0.as_secs_f64() * 1e3);
        }
        all
    }

    /// Bytes of a page and of all that it loads.
    pub(crate) async fn weight(&mut self, path: &str) -> usize {
        let page = String::from_utf8(self.page(path).await.1.to_vec()).unwrap();
        let assets: BTreeSet<&str> = page
            .split(['"', '\''])
            .filter(|text| text.starts_with("/assets/") && !text.contains(char::is_whitespace))
            .collect();
        assert!(!assets.is_empty(), "{path} has no style");
        let mut bytes = page.len();
        for asset in assets {
            bytes += self.page(asset).await.1.len();
        }
        bytes
    }
}
