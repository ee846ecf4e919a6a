//! The image's program that makes a rule for libinput of a calibration: six numbers, and nothing else ever.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use std::path::Path;
use std::process::Command;

const PROGRAM: &str = "../buildroot/board/common/rootfs-overlay/usr/lib/yilin/touch";

#[test]
fn only_six_numbers_become_a_rule() {
    let folder = tempfile::tempdir().unwrap();
    let (kept, rule) = (folder.path().join("kept"), folder.path().join("rules.d/rule"));
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join(PROGRAM);
    let run = || {
        let ended = Command::new("sh").arg(&program).args([&kept, &rule]).status().unwrap();
        assert!(ended.success(), "a calibration that is wrong keeps no screen from starting");
        std::fs::read_to_string(&rule).ok()
    };
    assert_eq!(run(), None, "nobody calibrated");
    std::fs::write(&kept, "0.000000 -1.000000 1.000000 1.000000 0.000000 0.000000\n").unwrap();
    let wanted = "ACTION!=\"remove\", SUBSYSTEM==\"input\", ENV{ID_INPUT_TOUCHSCREEN}==\"1\", \
                  ENV{LIBINPUT_CALIBRATION_MATRIX}=\"0.000000 -1.000000 1.000000 1.000000 0.000000 0.000000\"\n";
    assert_eq!(run().as_deref(), Some(wanted));
    for bad in [
        "",
        "1 0 0 0 1",
        "1 0 0 0 1 0 0",
        "1 0 0 0 1 9",
        "1 0 0 0 1 0\", RUN+=\"/bin/sh",
        "1 0 0 0 1 0\n1 0 0 0 1 0\n",
        "$(id) 0 0 0 1 0",
    ] {
        std::fs::write(&kept, bad).unwrap();
        assert_eq!(run(), None, "{bad:?}");
    }
    let elsewhere = folder.path().join("elsewhere");
    std::fs::write(&elsewhere, "1 0 0 0 1 0\n").unwrap();
    std::fs::remove_file(&kept).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &kept).unwrap();
    assert_eq!(run(), None, "a link leads nowhere");
}
