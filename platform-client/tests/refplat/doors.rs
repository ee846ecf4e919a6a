//! The doors of dialects, knocked at by a client that writes their wire by hand from docs/dialects.md.

use platform_client::gm::sm3::HmacKey;
use reqwest::Method;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::asking::{Asking, TERMINAL, json_of};

const TIME: &str = "20261124102400";

/// A call of the board through anhui's gateway, which wants no signature for it.
async fn notices(asking: &Asking, method: Method, address: &str) -> Value {
    let secret = std::fs::read_to_string(asking.platform.credentials().join("anhui.secret")).unwrap();
    let key = HmacKey::new(Zeroizing::new(secret.trim().as_bytes().to_vec()));
    let sign: String =
        key.mac(&[b"yilin-terminal", TIME.as_bytes()]).iter().map(|b| format!("{b:02x}")).collect();
    let asked = json!({"appId": "yilin-terminal", "time": TIME, "sign": sign});
    let given = json_of(asking.post("/gateway/token", &asked).send().await.unwrap()).await;
    let call = json!({"appId": "yilin-terminal", "terminalNo": TERMINAL, "time": TIME, "sign": "",
                      "token": given["data"]["token"],
                      "param": {"method": "GET", "resource": "/v1/notices", "requestId": "r-1"}});
    let request =
        asking.client.request(method, asking.url(address)).header("content-type", "application/json");
    json_of(request.body(call.to_string()).send().await.unwrap()).await["flag"].take()
}

#[tokio::test]
async fn a_call_comes_in_by_its_own_address_and_by_post_alone() {
    let asking = Asking::speaking(&["board=anhui"]);
    let check = async |method: Method, address: &str, flag: &str| {
        assert_eq!(notices(&asking, method.clone(), address).await, flag, "{method} {address}");
    };
    check(Method::POST, "/gateway/rest/notices", "200").await;
    check(Method::POST, "/gateway/rest/warnings", "40401").await;
    check(Method::POST, "/gateway/rest/no-such-call", "40401").await;
    check(Method::POST, "/gateway/rest/x/notices", "40401").await;
    check(Method::PUT, "/gateway/rest/notices", "40001").await;
}
