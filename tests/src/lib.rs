//! The whole terminal through its public faces: one file in `tests/` for each promise. None is written yet.
