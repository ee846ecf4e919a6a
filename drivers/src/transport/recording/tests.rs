use super::*;

const HEAD: &str = r#"{"recording":1,"port":"serial:/dev/ttyS0","outgoing":"kept"}"#;

#[test]
fn a_file_comes_back() {
    let text = format!(
        "{HEAD}\n{}\n",
        [
            r#"{"us":104,"baud":115200}"#,
            r#"{"us":312,"out":"AAAAAA9669000311FFED"}"#,
            r#"{"us":2215,"in":"AAAAAA966900040000"}"#,
            r#"{"us":2215,"in":"9094"}"#,
            r#"{"us":2990,"trouble":"paper_empty"}"#,
            r#"{"us":2991,"trouble":"none"}"#,
            r#"{"us":2992,"silent":true}"#,
            r#"{"us":3000,"gone":true}"#,
            r#"{"us":3001,"end":true}"#,
        ]
        .join("\n")
    );
    let recording = Recording::parse(&text).unwrap();
    assert_eq!(recording.port.to_string(), "serial:/dev/ttyS0");
    assert_eq!(recording.events[0].event, Event::Baud(115_200));
    assert_eq!(recording.events[3], Timed { us: 2215, event: Event::In(vec![0x90, 0x94]) });
    assert!(recording.is_whole());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording.jsonl");
    let mut file = LineFile::create(&recording.port, recording.outgoing, &path).unwrap();
    recording.events.iter().for_each(|timed| file.write(&line_of(timed)).unwrap());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    assert_eq!(recorded_port(&path).unwrap(), recording.port);
}

#[test]
fn what_is_no_recording_is_named_by_its_line() {
    let check = |lines: &[&str], want: Option<usize>| {
        let got = Recording::parse(&lines.join("\n"));
        let line = got.as_ref().err().map(|error| match error {
            RecordingError::Line { line, .. } => *line,
            other => panic!("{lines:?}: {other:?}"),
        });
        assert_eq!(line, want, "{lines:?}");
    };
    check(&[HEAD], None);
    check(&[HEAD, r#"{"us":1,"in":"0f"}"#], None);
    check(&[""], Some(1));
    check(&["{}"], Some(1));
    check(&[&HEAD.replace("\":1,", "\":2,")], Some(1));
    check(&[&HEAD.replace("kept", "some")], Some(1));
    check(&[HEAD, ""], None);
    check(&[HEAD, "", HEAD], Some(2));
    check(&[HEAD, r#"{"us":1}"#], Some(2));
    check(&[HEAD, r#"{"us":1,"in":"00","out":"00"}"#], Some(2));
    check(&[HEAD, r#"{"us":1,"in":"00","trouble":"none"}"#], Some(2));
    check(&[HEAD, r#"{"us":1,"trouble":"18"}"#], Some(2));
    check(&[HEAD, r#"{"us":1,"silent":true,"gone":true}"#], Some(2));
    check(&[HEAD, r#"{"us":1,"in":"0"}"#], Some(2));
    check(&[HEAD, r#"{"us":1,"in":""}"#], Some(2));
    check(&[HEAD, r#"{"us":1,"in":"+1"}"#], Some(2));
    check(&[HEAD, r#"{"us":1,"in":"测"}"#], Some(2));
    check(&[HEAD, r#"{"us":-1,"gone":true}"#], Some(2));
    check(&[HEAD, r#"{"us":2,"gone":true}"#, r#"{"us":1,"gone":true}"#], Some(3));
    check(&[HEAD, r#"{"us":2,"end":true}"#, r#"{"us":2,"gone":true}"#], Some(3));
    check(&[HEAD, r#"{"us":2,"end":true,"note":"x"}"#], Some(2));
    assert!(matches!(
        Recording::parse(&HEAD.replace("serial:/dev/ttyS0", "ttyS0")),
        Err(RecordingError::Port(_))
    ));
}
