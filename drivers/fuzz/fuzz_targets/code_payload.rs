#![no_main]

#[path = "../entries.rs"]
mod entries;

// The reader fences others' decoder in, and libFuzzer would end at its panic before the fence is reached. One that gets out is
// still found: it comes back to libFuzzer.
libfuzzer_sys::fuzz_target!(
    init: std::panic::set_hook(Box::new(|_| {})),
    |bytes: &[u8]| entries::codes::payload(bytes)
);
