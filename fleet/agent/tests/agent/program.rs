//! `yilin-agent` from outside: exit codes, JSON, enrolment by a code on standard input, who may come to the socket.

use crate::desk::{CODE, Desk, TERMINAL};
use crate::power::signal;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

fn agent(folder: &Path, arguments: &[&str], typed: &str) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_yilin-agent"))
        .args(arguments)
        .arg("--config")
        .arg(folder.join("agent.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that reads nothing has closed its end.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    let ended = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (ended.status.code().unwrap(), text(ended.stdout), text(ended.stderr))
}

fn json(line: &str) -> serde_json::Value {
    serde_json::from_str(line.lines().last().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_and_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let desk = Desk::open(folder).await;
    std::fs::write(folder.join("agent.toml"), "data = 5\n[server]\nurl = \"http://x\"\n").unwrap();
    let (code, out, _) = agent(folder, &["status", "--json"], "");
    assert_eq!(code, 2);
    let message = json(&out)["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("agent.toml:1:") && message.contains("agent.toml:3:"), "{message}");
    assert_eq!(agent(folder, &["stauts"], "").0, 2);
    assert_eq!(agent(folder, &["--version"], "").0, 0);

    // Root here: a number of nobody's, so that whoever comes is a stranger.
    let text = format!(
        "data = \"data\"\n[server]\nurl = {:?}\nauthorities = {:?}\n[screen]\nsocket = \"agent.sock\"\nuser = \"64999\"\n",
        desk.url, desk.authority
    );
    std::fs::write(folder.join("agent.toml"), text).unwrap();
    let (code, out, _) = agent(folder, &["status", "--json"], "");
    assert_eq!((code, &json(&out)["enrolled"]), (0, &serde_json::json!(false)));
    let (code, out, _) = agent(folder, &["run", "--json"], "");
    assert_eq!((code, &json(&out)["error"]["kind"]), (1, &serde_json::json!("not_enrolled")));
    let (code, out, _) = agent(folder, &["enrol", "--json"], "NO\n");
    assert_eq!((code, &json(&out)["error"]["kind"]), (1, &serde_json::json!("enrolment")));
    let (code, out, _) = agent(folder, &["enrol", "--json"], &format!("{CODE}\n"));
    assert_eq!((code, &json(&out)["terminal"]), (0, &serde_json::json!(TERMINAL)));
    let (code, out, _) = agent(folder, &["enrol", "--json"], &format!("{CODE}\n"));
    assert_eq!((code, &json(&out)["error"]["kind"]), (1, &serde_json::json!("enrolled")));
    let (code, out, _) = agent(folder, &["status", "--json"], "");
    assert_eq!((code, &json(&out)["enrolled"]), (0, &serde_json::json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_at_the_socket_is_sent_away() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let desk = Desk::open(folder).await;
    let with_user = |user: u32| {
        format!(
            "data = \"data\"\n[server]\nurl = {:?}\n[screen]\nsocket = \"agent.sock\"\nuser = \"{user}\"\n",
            desk.url
        )
    };
    desk.enrol(&folder.join("data")).await.unwrap();
    let me = rustix::process::getuid().as_raw();
    for (user, welcome) in [(me + 1, false), (me, true)] {
        std::fs::write(folder.join("agent.toml"), with_user(user)).unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_yilin-agent"))
            .args(["run", "--config"])
            .arg(folder.join("agent.toml"))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stream =
            desk.until("the socket", |_| UnixStream::connect(folder.join("agent.sock")).ok()).await;
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut first = [0; 20];
        let length = stream.read(&mut first).unwrap();
        assert_eq!(first[..length].starts_with(b"{\"from_agent\":\"hello"), welcome);
        assert_eq!(length == 0, !welcome);
        signal(&program, rustix::process::Signal::TERM);
        assert!(program.wait().unwrap().success());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_folder_has_one_agent() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let desk = Desk::open(folder).await;
    let text = format!(
        "data = \"data\"\n[server]\nurl = {:?}\n[screen]\nsocket = \"agent.sock\"\nuser = \"{}\"\n",
        desk.url,
        rustix::process::getuid().as_raw()
    );
    std::fs::write(folder.join("agent.toml"), text).unwrap();
    desk.enrol(&folder.join("data")).await.unwrap();
    let start = || {
        Command::new(env!("CARGO_BIN_EXE_yilin-agent"))
            .args(["run", "--config"])
            .arg(folder.join("agent.toml"))
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut first = start();
    desk.until("the socket", |_| UnixStream::connect(folder.join("agent.sock")).ok()).await;
    let (code, out, _) = agent(folder, &["run", "--json"], "");
    let error = json(&out)["error"].clone();
    assert_eq!((code, &error["kind"]), (1, &serde_json::json!("agent")));
    assert!(error["message"].as_str().unwrap().contains("another yilin-agent runs on"), "{error}");
    signal(&first, rustix::process::Signal::KILL);
    first.wait().unwrap();
    // What is killed gives its folder back.
    let mut second = start();
    desk.until("the socket", |_| UnixStream::connect(folder.join("agent.sock")).ok()).await;
    signal(&second, rustix::process::Signal::TERM);
    assert!(second.wait().unwrap().success());
}
