//! Two accounts are never shown by one name, whichever instances make them.

use crate::fixture::on_both;
use fleet_server::store::accounts::{self, NewAccount};
use fleet_server::store::{Store, StoreError, Write};
use std::time::Duration;

async fn add(tx: &mut Write, name: &str, shown: &str) -> Result<Option<i64>, StoreError> {
    let new = NewAccount {
        name,
        shown,
        role: "viewer",
        district: None,
        language: "zh-CN",
        handle: name,
        by: "a test",
    };
    accounts::add(tx, &new, 0).await
}

async fn close(store: &Store, account: i64) {
    let mut tx = store.write().await.unwrap();
    accounts::change(&mut tx, account, "viewer", "closed", None).await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn a_second_instance_waits_and_is_refused() {
    on_both(async |fleet| {
        let address = fleet
            .database
            .clone()
            .unwrap_or_else(|| format!("sqlite:{}", fleet.folder().join("fleet.db").display()));
        let (one, other) = (Store::open(&address).await.unwrap(), Store::open(&address).await.unwrap());
        let mut first = one.write().await.unwrap();
        let li = add(&mut first, "li", "Li").await.unwrap().expect("nobody is shown so");
        // The other instance begins before the first has ended: it sees no such account.
        let second = tokio::spawn(async move {
            let mut tx = other.write().await.unwrap();
            let added = add(&mut tx, "li2", "Li").await.unwrap();
            tx.commit().await.unwrap();
            (added, other)
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(!second.is_finished(), "it waits for the first");
        first.commit().await.unwrap();
        let (added, other) = second.await.unwrap();
        assert_eq!(added, None);
        let shown = || async {
            let accounts = one.accounts().await.unwrap();
            accounts.into_iter().filter(|account| account.shown == "Li").count()
        };
        assert_eq!(shown().await, 1);
        // Who has left keeps the name in the audit, and others may have it.
        close(&one, li).await;
        let mut tx = other.write().await.unwrap();
        assert!(add(&mut tx, "li2", "Li").await.unwrap().is_some());
        assert_eq!(add(&mut tx, "li2", "another").await.unwrap(), None, "what is typed is taken");
        tx.commit().await.unwrap();
        assert_eq!(shown().await, 2);
        one.close().await;
        other.close().await;
    });
}
