//! The matrix product under every layer.
//!
//! Duty: slices in, slices out, their lengths checked before the foreign routine sees a pointer.
#![allow(unsafe_code, reason = "matrixmultiply takes pointers; the lengths are checked here")]

use matrixmultiply::sgemm;

/// `product` = `left` (any number of rows × `inner`) times `right` (`inner` × `outputs`).
pub(super) fn multiply(left: &[f32], right: &[f32], product: &mut [f32], inner: usize, outputs: usize) {
    let rows = left.len() / inner;
    assert_eq!((left.len(), right.len(), product.len()), (rows * inner, inner * outputs, rows * outputs));
    let (inner_stride, output_stride) = (inner.cast_signed(), outputs.cast_signed());
    // SAFETY: the three slices have exactly the lengths that these sizes and strides reach, and do not overlap.
    unsafe {
        sgemm(
            rows,
            inner,
            outputs,
            1.0,
            left.as_ptr(),
            inner_stride,
            1,
            right.as_ptr(),
            output_stride,
            1,
            0.0,
            product.as_mut_ptr(),
            output_stride,
            1,
        );
    }
}
