"""The smallest files of each kind that WhatsApp takes."""

import base64

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb004300") + bytes([1] * 64) + bytes.fromhex("ffd9")
WEBP = b"RIFF" + (36).to_bytes(4, "little") + b"WEBPVP8L" + (23).to_bytes(4, "little") + b"/" + bytes(23)
OGG = b"OggS" + bytes(22) + b"\x01\x13OpusHead" + bytes(11)
MP4 = (24).to_bytes(4, "big") + b"ftypisom" + bytes(4) + b"isommp42"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
