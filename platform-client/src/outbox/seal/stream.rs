//! A material sealed in chunks, so that it is written and read without ever being held whole.
//!
//! `header || chunk || chunk …`. The header is format version (1 byte, 2), algorithm (1 byte, 2 = STREAM over
//! ChaCha20-Poly1305), key id (1 byte), salt (16 bytes, random). The file's own key is HKDF-SHA256 (RFC 5869) of the
//! terminal's key, the salt, and `versions || "material" || 0 || id`: a file cannot stand under another id. Each chunk is
//! 64 KiB of plain text (the last may be shorter) and its tag; its nonce is the chunk's number in 11 bytes, big-endian, and
//! one byte that is 1 for the last chunk only: STREAM of Hoang, Reyhanitabar, Rogaway and Vizár (CRYPTO 2015), as the `age`
//! file format (C2SP age.md, "Payload") has it. So chunks cannot be left out, exchanged, repeated or cut off at the end.
//!
//! Duty: seal and open, one chunk in memory at a time. Never: give out a byte of a chunk whose tag is wrong.

use super::{Key, KeyId, KeyRing, VERSIONS, key_of};
use crate::entropy::Entropy;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use std::io::{self, ErrorKind, Read, Write};
use zeroize::Zeroizing;

const FORMAT: u8 = 2;
const STREAM_ID: u8 = 2;
const SALT: usize = 16;
const HEADER: usize = VERSIONS + SALT;
const CHUNK: usize = 64 << 10;
const TAG: usize = 16;

/// How many bytes something of this length has when it is sealed.
pub(in crate::outbox) const fn sealed_length(plain: u64) -> u64 {
    let chunks = if plain == 0 { 1 } else { plain.div_ceil(CHUNK as u64) };
    HEADER as u64 + plain + chunks * TAG as u64
}

impl KeyRing {
    /// Seals everything that `plain` gives, with the current key.
    pub(in crate::outbox) fn seal_stream(
        &self,
        id: &str,
        mut plain: impl Read,
        mut out: impl Write,
        entropy: &dyn Entropy,
    ) -> io::Result<()> {
        let (key_id, key) = self.current();
        let mut header = [0; HEADER];
        header[..VERSIONS].copy_from_slice(&[FORMAT, STREAM_ID, key_id.get()]);
        entropy.fill(&mut header[VERSIONS..]).map_err(io::Error::other)?;
        out.write_all(&header)?;
        let aead = file_key(&key, &header, id);
        let mut chunk = Zeroizing::new(Vec::with_capacity(CHUNK + TAG));
        let mut next = Zeroizing::new(Vec::with_capacity(CHUNK + TAG));
        fill(&mut plain, &mut chunk)?;
        for number in 0.. {
            fill(&mut plain, &mut next)?;
            let last = next.is_empty();
            if aead.seal_in_place_append_tag(nonce(number, last), Aad::empty(), &mut *chunk).is_err() {
                unreachable!("a chunk is shorter than 256 GiB");
            }
            out.write_all(&chunk)?;
            if last {
                break;
            }
            std::mem::swap(&mut chunk, &mut next);
        }
        out.flush()
    }

    /// Opens what is sealed; `length` is that of the sealed bytes. Each chunk is proved before a byte of it is given out.
    pub(in crate::outbox) fn unseal_stream<R: Read>(
        &self,
        id: &str,
        mut sealed: R,
        length: u64,
    ) -> io::Result<Unsealing<R>> {
        let mut header = [0; HEADER];
        sealed.read_exact(&mut header)?;
        if header[..2] != [FORMAT, STREAM_ID] {
            return Err(broken());
        }
        let key = key_of(&header).and_then(|id| self.key(id)).ok_or_else(broken)?;
        let body = length.checked_sub(HEADER as u64).ok_or_else(broken)?;
        let chunks = body.div_ceil((CHUNK + TAG) as u64);
        let plain = body.checked_sub(chunks * TAG as u64).filter(|_| chunks > 0).ok_or_else(broken)?;
        Ok(Unsealing {
            aead: file_key(&key, &header, id),
            sealed,
            chunk: Zeroizing::new(Vec::with_capacity(CHUNK + TAG)),
            given: 0,
            number: 0,
            chunks,
            plain,
        })
    }
}

/// The key with which a material was sealed.
pub(in crate::outbox) fn key_of_stream(mut sealed: impl Read) -> io::Result<Option<KeyId>> {
    let mut header = [0; HEADER];
    sealed.read_exact(&mut header)?;
    Ok(key_of(&header))
}

/// A material that is being opened.
pub(in crate::outbox) struct Unsealing<R> {
    aead: LessSafeKey,
    sealed: R,
    /// The plain text of the chunk that is being given out.
    chunk: Zeroizing<Vec<u8>>,
    given: usize,
    /// The next chunk to read.
    number: u64,
    chunks: u64,
    plain: u64,
}

impl<R> Unsealing<R> {
    /// The length of the plain text.
    pub(in crate::outbox) const fn plain_length(&self) -> u64 {
        self.plain
    }
}

impl<R: Read> Unsealing<R> {
    fn next_chunk(&mut self) -> io::Result<()> {
        self.chunk.clear();
        self.given = 0;
        Read::by_ref(&mut self.sealed).take((CHUNK + TAG) as u64).read_to_end(&mut self.chunk)?;
        let last = self.number + 1 == self.chunks;
        let nonce = nonce(self.number, last);
        let opened = self.aead.open_in_place(nonce, Aad::empty(), &mut self.chunk).map(|plain| plain.len());
        let length = opened.map_err(|_| broken())?;
        self.chunk.truncate(length);
        self.number += 1;
        Ok(())
    }
}

impl<R: Read> Read for Unsealing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.chunk.len() {
            if self.number == self.chunks {
                return Ok(0);
            }
            if let Err(error) = self.next_chunk() {
                // Nothing of it is given out, now or at another try.
                self.chunk.clear();
                self.number = self.chunks;
                return Err(error);
            }
        }
        let part = (self.chunk.len() - self.given).min(buffer.len());
        buffer[..part].copy_from_slice(&self.chunk[self.given..self.given + part]);
        self.given += part;
        Ok(part)
    }
}

fn broken() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, super::SealBroken)
}

/// Reads a whole chunk, or what is left.
fn fill(plain: &mut impl Read, chunk: &mut Vec<u8>) -> io::Result<()> {
    chunk.clear();
    plain.take(CHUNK as u64).read_to_end(chunk).map(|_| ())
}

fn nonce(number: u64, last: bool) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes[3..11].copy_from_slice(&number.to_be_bytes());
    bytes[11] = u8::from(last);
    Nonce::assume_unique_for_key(bytes)
}

struct FileKey;

impl KeyType for FileKey {
    fn len(&self) -> usize {
        CHACHA20_POLY1305.key_len()
    }
}

fn file_key(key: &Key, header: &[u8; HEADER], id: &str) -> LessSafeKey {
    let (versions, salt) = header.split_at(VERSIONS);
    let info = [versions, b"material\0", id.as_bytes()];
    let derived = Salt::new(HKDF_SHA256, salt).extract(key.secret());
    let mut bytes = Zeroizing::new([0; 32]);
    let key = derived
        .expand(&info, FileKey)
        .and_then(|okm| okm.fill(&mut *bytes))
        .and_then(|()| UnboundKey::new(&CHACHA20_POLY1305, &*bytes));
    match key {
        Ok(key) => LessSafeKey::new(key),
        Err(_) => unreachable!("HKDF gives 32 bytes, and 32 bytes are a key"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    fn ring() -> (KeyRing, SeededEntropy) {
        let folder = tempfile::tempdir().unwrap();
        let entropy = SeededEntropy::new(1);
        (KeyRing::open(&folder.path().join("key"), &entropy).unwrap(), entropy)
    }

    fn seal(ring: &KeyRing, entropy: &SeededEntropy, plain: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::new();
        ring.seal_stream("a-1", plain, &mut sealed, entropy).unwrap();
        sealed
    }

    fn open(ring: &KeyRing, id: &str, sealed: &[u8]) -> io::Result<Vec<u8>> {
        let mut reader = ring.unseal_stream(id, sealed, sealed.len() as u64)?;
        let mut plain = Vec::new();
        reader.read_to_end(&mut plain)?;
        assert_eq!(plain.len() as u64, reader.plain_length());
        Ok(plain)
    }

    #[test]
    fn every_length_comes_back_and_its_sealed_length_is_known() {
        let (ring, entropy) = ring();
        for length in [0, 1, 100, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7] {
            let plain: Vec<u8> = (0..length).map(|i| u8::try_from(i % 251).unwrap()).collect();
            let sealed = seal(&ring, &entropy, &plain);
            assert_eq!(sealed.len() as u64, sealed_length(length as u64), "{length}");
            assert_eq!(open(&ring, "a-1", &sealed).unwrap(), plain, "{length}");
            assert!(open(&ring, "a-2", &sealed).is_err(), "{length}: under another id");
        }
    }

    #[test]
    fn cut_exchanged_repeated_and_altered_chunks_are_refused() {
        let (ring, entropy) = ring();
        let plain = vec![7; 3 * CHUNK];
        let sealed = seal(&ring, &entropy, &plain);
        let (header, body) = sealed.split_at(HEADER);
        let chunks: Vec<&[u8]> = body.chunks(CHUNK + TAG).collect();
        assert_eq!(chunks.len(), 3);
        let joined = |order: &[usize]| {
            let body: Vec<&[u8]> = order.iter().map(|&i| chunks[i]).collect();
            [header, &body.concat()].concat()
        };
        assert!(open(&ring, "a-1", &joined(&[0, 1, 2])).is_ok());
        for order in [&[0, 1][..], &[0], &[], &[1, 0, 2], &[0, 1, 1, 2], &[0, 2], &[0, 1, 2, 2]] {
            assert!(open(&ring, "a-1", &joined(order)).is_err(), "{order:?}");
        }
        for at in [0, 1, 2, VERSIONS, HEADER, HEADER + CHUNK, sealed.len() - 1] {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(open(&ring, "a-1", &altered).is_err(), "byte {at}");
        }
        for length in [0, 1, HEADER, HEADER + 1, HEADER + TAG, sealed.len() - 1] {
            assert!(open(&ring, "a-1", &sealed[..length]).is_err(), "cut at {length}");
        }
    }

    #[test]
    fn nothing_of_a_broken_chunk_is_given_out() {
        let (ring, entropy) = ring();
        let mut sealed = seal(&ring, &entropy, &vec![7; 2 * CHUNK]);
        let last = sealed.len() - 1;
        sealed[last] ^= 1;
        let mut reader = ring.unseal_stream("a-1", &*sealed, sealed.len() as u64).unwrap();
        let mut given = vec![0; CHUNK];
        reader.read_exact(&mut given).unwrap();
        let mut more = [0; 100];
        assert!(reader.read(&mut more).is_err());
        assert_eq!(more, [0; 100]);
        assert_eq!(reader.read(&mut more).unwrap(), 0);
    }
}
