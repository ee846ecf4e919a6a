//! What the kernel is asked: the calls of Video4Linux2 and the memory that it shares (linux/videodev2.h).
//!
//! Duty: each call with its number and its structure, checked against the header by tests. Never: decide what to ask.
#![allow(unsafe_code, reason = "an ioctl and a shared buffer have no safe form; each use says why it holds")]

use std::ffi::c_int;
use std::fs::File;
use std::ptr::NonNull;

use rustix::io::Errno;
use rustix::ioctl::{Getter, Opcode, Setter, Updater, ioctl, opcode};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

/// `V4L2_BUF_TYPE_VIDEO_CAPTURE`.
const VIDEO_CAPTURE: u32 = 1;
/// `V4L2_MEMORY_MMAP`.
const MEMORY_MMAP: u32 = 1;
/// `V4L2_CTRL_FLAG_NEXT_CTRL`.
const NEXT_CONTROL: u32 = 0x8000_0000;

/// `struct v4l2_capability`.
#[repr(C)]
pub(super) struct Capability {
    driver: [u8; 16],
    card: [u8; 32],
    bus_info: [u8; 32],
    version: u32,
    capabilities: u32,
    pub(super) device: u32,
    reserved: [u32; 3],
}

/// `struct v4l2_fmtdesc`.
#[repr(C)]
#[derive(Default)]
struct FormatDescription {
    index: u32,
    kind: u32,
    flags: u32,
    description: [u8; 32],
    format: u32,
    mbus_code: u32,
    reserved: [u32; 3],
}

/// `struct v4l2_pix_format`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PictureFormat {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) format: u32,
    pub(super) field: u32,
    pub(super) bytes_per_line: u32,
    pub(super) bytes: u32,
    pub(super) colour: [u32; 6],
}

/// `struct v4l2_format`: the union is 200 bytes, at a multiple of 8 since one of its parts has a pointer.
#[repr(C, align(8))]
struct Format {
    kind: u32,
    padding: u32,
    picture: PictureFormat,
    rest: [u8; 200 - size_of::<PictureFormat>()],
}

/// `struct v4l2_streamparm`, its part for capture.
#[repr(C)]
struct StreamParameters {
    kind: u32,
    capability: u32,
    mode: u32,
    seconds: u32,
    frames: u32,
    rest: [u8; 200 - 16],
}

/// `struct v4l2_requestbuffers`.
#[repr(C)]
#[derive(Default)]
struct RequestBuffers {
    count: u32,
    kind: u32,
    memory: u32,
    capabilities: u32,
    flags: u32,
}

/// `struct v4l2_buffer` of a 64-bit kernel.
#[repr(C)]
#[derive(Clone, Debug, Default)]
pub(super) struct Buffer {
    pub(super) index: u32,
    kind: u32,
    pub(super) used: u32,
    pub(super) flags: u32,
    field: u32,
    /// Seconds and microseconds.
    pub(super) time: [i64; 2],
    timecode: [u32; 4],
    pub(super) sequence: u32,
    memory: u32,
    offset: u64,
    length: u32,
    reserved: u32,
    request: u32,
}

impl Buffer {
    /// What a camera tells of a buffer that it has filled.
    pub(super) fn filled(index: u32, used: u32, flags: u32, sequence: u32, time: [i64; 2]) -> Self {
        Self { used, flags, sequence, time, ..buffer(index) }
    }
}

/// `struct v4l2_queryctrl`.
#[repr(C)]
#[derive(Default)]
struct QueryControl {
    id: u32,
    kind: u32,
    name: [u8; 32],
    minimum: i32,
    maximum: i32,
    step: i32,
    default: i32,
    flags: u32,
    reserved: [u32; 2],
}

/// `struct v4l2_control`.
#[repr(C)]
struct ControlValue {
    id: u32,
    value: i32,
}

const QUERY_CAPABILITY: Opcode = opcode::read::<Capability>(b'V', 0);
const ENUMERATE_FORMATS: Opcode = opcode::read_write::<FormatDescription>(b'V', 2);
const SET_FORMAT: Opcode = opcode::read_write::<Format>(b'V', 5);
const REQUEST_BUFFERS: Opcode = opcode::read_write::<RequestBuffers>(b'V', 8);
const QUERY_BUFFER: Opcode = opcode::read_write::<Buffer>(b'V', 9);
const QUEUE: Opcode = opcode::read_write::<Buffer>(b'V', 15);
const DEQUEUE: Opcode = opcode::read_write::<Buffer>(b'V', 17);
const STREAM_ON: Opcode = opcode::write::<c_int>(b'V', 18);
const STREAM_OFF: Opcode = opcode::write::<c_int>(b'V', 19);
const SET_PARAMETERS: Opcode = opcode::read_write::<StreamParameters>(b'V', 22);
const SET_CONTROL: Opcode = opcode::read_write::<ControlValue>(b'V', 28);
const QUERY_CONTROL: Opcode = opcode::read_write::<QueryControl>(b'V', 36);

type Answer<T> = Result<T, Errno>;

/// Asks with a structure that the kernel reads and writes.
fn update<const CALL: Opcode, T>(file: &File, value: &mut T) -> Answer<()> {
    // SAFETY: CALL is made above from the type that it takes, so that the kernel (drivers/media/v4l2-core/v4l2-ioctl.c,
    // video_usercopy) copies exactly that many bytes in and out; all fields are plain numbers, for which any bytes do.
    unsafe { ioctl(file, Updater::<CALL, T>::new(value)) }
}

pub(super) fn capability(file: &File) -> Answer<Capability> {
    // SAFETY: VIDIOC_QUERYCAP fills the structure, as above.
    unsafe { ioctl(file, Getter::<QUERY_CAPABILITY, Capability>::new()) }
}

/// The formats that the camera offers, as four letters.
pub(super) fn formats(file: &File) -> Vec<u32> {
    let ask = |index| {
        let mut description = FormatDescription { index, kind: VIDEO_CAPTURE, ..Default::default() };
        update::<ENUMERATE_FORMATS, _>(file, &mut description).ok().map(|()| description.format)
    };
    (0..64).map_while(ask).collect()
}

/// Asks for a format; gives what the camera made of it.
pub(super) fn set_format(file: &File, picture: PictureFormat) -> Answer<PictureFormat> {
    let rest = [0; 200 - size_of::<PictureFormat>()];
    let mut format = Format { kind: VIDEO_CAPTURE, padding: 0, picture, rest };
    update::<SET_FORMAT, _>(file, &mut format)?;
    Ok(format.picture)
}

/// Asks for so many frames a second.
pub(super) fn set_rate(file: &File, frames: u32) -> Answer<()> {
    let kind = VIDEO_CAPTURE;
    let mut parameters =
        StreamParameters { kind, capability: 0, mode: 0, seconds: 1, frames, rest: [0; 200 - 16] };
    update::<SET_PARAMETERS, _>(file, &mut parameters)
}

/// Asks for so many buffers; gives how many there are.
pub(super) fn request_buffers(file: &File, count: u32) -> Answer<u32> {
    let mut request =
        RequestBuffers { count, kind: VIDEO_CAPTURE, memory: MEMORY_MMAP, ..Default::default() };
    update::<REQUEST_BUFFERS, _>(file, &mut request)?;
    Ok(request.count)
}

/// Hands a buffer to the camera.
pub(super) fn queue(file: &File, index: u32) -> Answer<()> {
    update::<QUEUE, _>(file, &mut buffer(index))
}

/// Takes the oldest filled buffer; [`Errno::AGAIN`] when none is filled.
pub(super) fn dequeue(file: &File) -> Answer<Buffer> {
    let mut filled = buffer(0);
    update::<DEQUEUE, _>(file, &mut filled)?;
    Ok(filled)
}

fn buffer(index: u32) -> Buffer {
    Buffer { index, kind: VIDEO_CAPTURE, memory: MEMORY_MMAP, ..Default::default() }
}

pub(super) fn stream_on(file: &File) -> Answer<()> {
    // SAFETY: VIDIOC_STREAMON reads one int, the kind of the buffers.
    unsafe { ioctl(file, Setter::<STREAM_ON, c_int>::new(1)) }
}

pub(super) fn stream_off(file: &File) -> Answer<()> {
    // SAFETY: as VIDIOC_STREAMON.
    unsafe { ioctl(file, Setter::<STREAM_OFF, c_int>::new(1)) }
}

/// A control of the camera.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// Its number, `V4L2_CID_…`.
    pub id: u32,
    /// What its driver calls it.
    pub name: String,
    /// The least value.
    pub minimum: i32,
    /// The greatest value.
    pub maximum: i32,
}

/// The controls of the camera.
pub(super) fn controls(file: &File) -> Vec<Control> {
    let mut found: Vec<Control> = Vec::new();
    let mut last = 0;
    while found.len() < 256 {
        let mut query = QueryControl { id: last | NEXT_CONTROL, ..Default::default() };
        // A driver that does not go on would be asked for ever.
        if update::<QUERY_CONTROL, _>(file, &mut query).is_err() || query.id <= last {
            break;
        }
        last = query.id;
        let end = query.name.iter().position(|byte| *byte == 0).unwrap_or(query.name.len());
        found.push(Control {
            id: query.id,
            name: String::from_utf8_lossy(&query.name[..end]).into_owned(),
            minimum: query.minimum,
            maximum: query.maximum,
        });
    }
    found
}

pub(super) fn set_control(file: &File, id: u32, value: i32) -> Answer<()> {
    update::<SET_CONTROL, _>(file, &mut ControlValue { id, value })
}

/// A buffer of the camera in this program's memory.
pub(super) struct Shared {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: the memory belongs to this value alone and may be used and given back on any thread.
unsafe impl Send for Shared {}

impl Shared {
    /// The buffer of that number.
    pub(super) fn map(file: &File, index: u32) -> Answer<Self> {
        let mut asked = buffer(index);
        update::<QUERY_BUFFER, _>(file, &mut asked)?;
        let length = usize::try_from(asked.length).map_err(|_| Errno::INVAL)?;
        // The union's first four bytes are the offset; what lies behind them is not written by the kernel.
        let offset = asked.offset & 0xFFFF_FFFF;
        // SAFETY: a new mapping at an address of the kernel's choice, of the length and offset that it just told.
        let start =
            unsafe { mmap(std::ptr::null_mut(), length, ProtFlags::READ, MapFlags::SHARED, file, offset)? };
        Ok(Self { start: NonNull::new(start.cast()).ok_or(Errno::NOMEM)?, length })
    }

    /// The first bytes, copied: to be called while the buffer is not with the camera.
    pub(super) fn copied(&self, count: usize) -> Vec<u8> {
        // SAFETY: mapped for reading, `length` bytes long, and here until `self` is dropped. Between dequeue and queue the
        // camera does not write; a camera that did would change bytes that are copied here and judged afterwards.
        let bytes = unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) };
        bytes[..count.min(self.length)].to_vec()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: mapped by `map` with this length, and no reference to it outlives `self`. It cannot fail then.
        let _unmapped = unsafe { munmap(self.start.as_ptr().cast(), self.length) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers as `strace` and the header's macros give them on 64-bit machines; size and place are a part of each.
    #[test]
    fn calls_have_the_headers_numbers() {
        assert_eq!(QUERY_CAPABILITY, 0x8068_5600);
        assert_eq!(ENUMERATE_FORMATS, 0xC040_5602);
        assert_eq!(SET_FORMAT, 0xC0D0_5605);
        assert_eq!(REQUEST_BUFFERS, 0xC014_5608);
        assert_eq!(QUERY_BUFFER, 0xC058_5609);
        assert_eq!(QUEUE, 0xC058_560F);
        assert_eq!(DEQUEUE, 0xC058_5611);
        assert_eq!((STREAM_ON, STREAM_OFF), (0x4004_5612, 0x4004_5613));
        assert_eq!(SET_PARAMETERS, 0xC0CC_5616);
        assert_eq!(SET_CONTROL, 0xC008_561C);
        assert_eq!(QUERY_CONTROL, 0xC044_5624);
    }

    #[test]
    fn what_is_no_camera_answers_no_call() {
        let file = File::open("/dev/null").unwrap();
        assert_eq!(capability(&file).err(), Some(Errno::NOTTY));
        assert!(formats(&file).is_empty() && controls(&file).is_empty());
        assert_eq!(request_buffers(&file, 4).err(), Some(Errno::NOTTY));
    }
}
