//! Photos of the crowd: small JPEG files with real bytes, drawn from the seed.

use jpeg_encoder::{ColorType, Encoder};

use super::draw::Draw;

/// A photo of `width` × `height` pixels: a soft gradient with a few round things on it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "values are clamped to a byte; the sizes are a few hundred pixels"
)]
pub(crate) fn jpeg(draw: &mut Draw, width: u16, height: u16) -> Vec<u8> {
    let base: [f64; 3] = [draw.unit() * 160.0 + 60.0, draw.unit() * 140.0 + 70.0, draw.unit() * 120.0 + 60.0];
    let spots: Vec<(f64, f64, f64, f64)> = (0..draw.between(2, 5))
        .map(|_| {
            (
                draw.unit() * f64::from(width),
                draw.unit() * f64::from(height),
                draw.unit() * f64::from(height) * 0.3 + 8.0,
                draw.unit() * 160.0 - 80.0,
            )
        })
        .collect();
    let mut pixels = Vec::with_capacity(usize::from(width) * usize::from(height) * 3);
    for y in 0..height {
        for x in 0..width {
            let (fx, fy) = (f64::from(x), f64::from(y));
            let mut light = (fy / f64::from(height) - 0.5) * -50.0;
            for (cx, cy, radius, gain) in &spots {
                let distance = ((fx - cx).powi(2) + (fy - cy).powi(2)).sqrt();
                if distance < *radius {
                    light += gain * (1.0 - distance / radius).sqrt();
                }
            }
            pixels.extend(base.iter().map(|channel| (channel + light).clamp(0.0, 255.0) as u8));
        }
    }
    let mut bytes = Vec::new();
    let encoder = Encoder::new(&mut bytes, 80);
    if let Err(error) = encoder.encode(&pixels, width, height, ColorType::Rgb) {
        tracing::warn!(%error, "could not draw a picture");
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photo_is_a_jpeg_and_the_same_for_the_same_draw() {
        let bytes = jpeg(&mut Draw::new(7, "photo", "14165550123", 1), 160, 120);
        assert!(bytes.starts_with(&[0xff, 0xd8, 0xff]) && bytes.ends_with(&[0xff, 0xd9]));
        assert_eq!(bytes, jpeg(&mut Draw::new(7, "photo", "14165550123", 1), 160, 120));
    }
}
