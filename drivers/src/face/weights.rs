//! Weights as the TensorFlow.js converter stores them: a manifest (JSON) and one file of 8-bit numbers.
//!
//! Duty: bytes → named tensors, every mistake by its name. Never: know what a network does with them.

use std::collections::HashMap;

use serde::Deserialize;
use thiserror::Error;

/// Why weights cannot be used.
#[derive(Debug, Error)]
pub enum WeightsError {
    /// The manifest is no JSON of the expected shape.
    #[error("the manifest of the weights cannot be read")]
    Manifest(#[source] serde_json::Error),
    /// A tensor is not stored as 8-bit numbers.
    #[error("the tensor {name} is not stored as uint8")]
    Encoding {
        /// The tensor.
        name: String,
    },
    /// The file has more or fewer bytes than the manifest describes.
    #[error("the manifest describes {described} bytes of weights, the file has {found}")]
    Length {
        /// By the manifest.
        described: usize,
        /// In the file.
        found: usize,
    },
    /// The network needs a tensor that is absent.
    #[error("the weights have no tensor {name}")]
    Absent {
        /// The tensor.
        name: String,
    },
    /// A tensor has not the shape that the network needs.
    #[error("the tensor {name} has the shape {found:?} where the network needs {expected:?}")]
    Shape {
        /// The tensor.
        name: String,
        /// What the network needs.
        expected: Vec<usize>,
        /// What the manifest says.
        found: Vec<usize>,
    },
}

#[derive(Deserialize)]
struct Group {
    weights: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    shape: Vec<usize>,
    quantization: Option<Quantization>,
}

#[derive(Deserialize)]
struct Quantization {
    dtype: String,
    scale: f32,
    min: f32,
}

struct Tensor {
    shape: Vec<usize>,
    values: Vec<f32>,
}

/// Tensors by name.
pub(super) struct Weights(HashMap<String, Tensor>);

impl Weights {
    /// Reads the manifest and takes each tensor from the file in the manifest's order: value = byte × scale + min.
    pub(super) fn parse(manifest: &[u8], file: &[u8]) -> Result<Self, WeightsError> {
        let groups: Vec<Group> = serde_json::from_slice(manifest).map_err(WeightsError::Manifest)?;
        let entries: Vec<Entry> = groups.into_iter().flat_map(|group| group.weights).collect();
        let count = |entry: &Entry| entry.shape.iter().fold(1_usize, |n, edge| n.saturating_mul(*edge));
        let described = entries.iter().fold(0_usize, |sum, entry| sum.saturating_add(count(entry)));
        if described != file.len() {
            return Err(WeightsError::Length { described, found: file.len() });
        }
        let mut rest = file;
        let mut tensors = HashMap::new();
        for entry in entries {
            let (bytes, after) = rest.split_at(count(&entry));
            rest = after;
            match entry.quantization {
                Some(Quantization { dtype, scale, min }) if dtype == "uint8" => {
                    let values = bytes.iter().map(|byte| f32::from(*byte) * scale + min).collect();
                    tensors.insert(entry.name, Tensor { shape: entry.shape, values });
                }
                _ => return Err(WeightsError::Encoding { name: entry.name }),
            }
        }
        Ok(Self(tensors))
    }

    /// Hands over a tensor that must have that shape.
    pub(super) fn take(&mut self, name: &str, expected: &[usize]) -> Result<Vec<f32>, WeightsError> {
        let tensor = self.0.remove(name).ok_or_else(|| WeightsError::Absent { name: name.to_owned() })?;
        if tensor.shape != expected {
            return Err(WeightsError::Shape {
                name: name.to_owned(),
                expected: expected.to_vec(),
                found: tensor.shape,
            });
        }
        Ok(tensor.values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"[{"weights":[
        {"name":"a","shape":[1,2],"dtype":"float32","quantization":{"dtype":"uint8","scale":0.5,"min":-1.0}},
        {"name":"b","shape":[1],"dtype":"float32","quantization":{"dtype":"uint8","scale":2.0,"min":0.0}}
    ],"paths":["x.bin"]}]"#;

    #[test]
    fn a_byte_is_scaled_and_moved() {
        let mut weights = Weights::parse(TWO.as_bytes(), &[0, 4, 3]).unwrap();
        assert_eq!(weights.take("a", &[1, 2]).unwrap(), [-1.0, 1.0]);
        assert_eq!(weights.take("b", &[1]).unwrap(), [6.0]);
    }

    #[test]
    fn every_mistake_has_its_name() {
        let check = |manifest: &str, file: &[u8], want: &str| {
            let error = Weights::parse(manifest.as_bytes(), file).err().unwrap();
            assert_eq!(error.to_string(), want);
        };
        check("{", &[], "the manifest of the weights cannot be read");
        check(TWO, &[0, 4], "the manifest describes 3 bytes of weights, the file has 2");
        check(TWO, &[0, 4, 3, 9], "the manifest describes 3 bytes of weights, the file has 4");
        check(&TWO.replace("uint8", "uint16"), &[0, 4, 3], "the tensor a is not stored as uint8");
        let huge = TWO.replace("[1,2]", "[4294967295,4294967295,4294967295]");
        check(
            &huge,
            &[0, 4, 3],
            "the manifest describes 18446744073709551615 bytes of weights, the file has 3",
        );

        let mut weights = Weights::parse(TWO.as_bytes(), &[0, 4, 3]).unwrap();
        let error = weights.take("c", &[1]).unwrap_err();
        assert_eq!(error.to_string(), "the weights have no tensor c");
        let error = weights.take("a", &[2, 1]).unwrap_err();
        assert_eq!(error.to_string(), "the tensor a has the shape [1, 2] where the network needs [2, 1]");
    }
}
