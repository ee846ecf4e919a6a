//! The anchor: a bare axum handler behind the same TLS, with the same check of certificates, that answers the same bytes.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use bytes::Bytes;
use fleet_server::authority::Authority;
use fleet_server::identity::Identity;
use fleet_server::tls::{Callers, Peer, TlsListener, config};
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;

/// The argument that makes this program the anchor.
pub(crate) const COMMAND: &str = "bare";

/// Serves until it is killed; prints its port first.
pub(crate) async fn serve(keys: &Path, body: &str) {
    let now = time::OffsetDateTime::now_utc();
    let authority = Authority::open(keys, now).unwrap();
    let own = authority.certify_server(&["localhost".to_owned()], now).unwrap();
    let identity = Arc::new(Identity::new(&own).unwrap());
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", tcp.local_addr().unwrap().port());
    let config = config(identity, Callers::Terminals(authority.root_pem())).unwrap();
    let body = Bytes::from(body.to_owned());
    let pages = Router::new().route(
        "/{tenant}/controller/v1/{id}",
        get(move || std::future::ready(([(CONTENT_TYPE, "application/json")], body.clone()))),
    );
    let pages = pages.into_make_service_with_connect_info::<Peer>();
    let (listener, _accepting) = TlsListener::new(tcp, config).unwrap();
    axum::serve(listener, pages).await.unwrap();
}
