"""Small pictures and documents for the sample mail, made from nothing but the standard library."""

import io
import math
import struct
import zipfile
import zlib


def png(width, height, pixel):
    """A PNG of pixel(x, y) -> (r, g, b)."""

    def chunk(kind, data):
        return (struct.pack('>I', len(data)) + kind + data
                + struct.pack('>I', zlib.crc32(kind + data)))

    rows = b''.join(
        b'\0' + bytes(value for x in range(width) for value in pixel(x, y)) for y in range(height))
    header = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header)
            + chunk(b'IDAT', zlib.compress(rows, 9)) + chunk(b'IEND', b''))


def harbour(width=480, height=270, dusk=0.0):
    """The harbour at evening: sky, sun, water and two piers."""

    def pixel(x, y):
        horizon = height * 0.58
        if y < horizon:
            t = y / horizon
            sky = (60 + 170 * t, 110 + 80 * t - 40 * dusk, 180 - 40 * t - 60 * dusk)
            sun_x, sun_y = width * 0.7, horizon * 0.82
            if math.hypot(x - sun_x, y - sun_y) < height * 0.07:
                return (255, 226, 150)
            return tuple(int(max(0, min(255, c))) for c in sky)
        if width * 0.08 < x < width * 0.42 and y < horizon + 26 + (x / width) * 20:
            return (70, 54, 44)
        t = (y - horizon) / (height - horizon)
        wave = 14 * math.sin(x * 0.06 + y * 0.4) + 8 * math.sin(x * 0.021 - y * 0.9)
        water = (30 + 50 * (1 - t) + wave, 70 + 40 * (1 - t) + wave, 110 + 20 * t + wave)
        return tuple(int(max(0, min(255, c))) for c in water)

    return png(width, height, pixel)


def chart(values, width=280, height=90):
    """A tide curve."""
    top, low = max(values), min(values)

    def level(x):
        position = x / (width - 1) * (len(values) - 1)
        left = int(position)
        right = min(left + 1, len(values) - 1)
        value = values[left] + (values[right] - values[left]) * (position - left)
        return (height - 8) - (value - low) / (top - low) * (height - 16)

    def pixel(x, y):
        distance = y - level(x)
        if abs(distance) < 1.6:
            return (28, 113, 216)
        if distance > 0:
            return (214, 230, 250)
        if y % 18 == 0:
            return (225, 225, 225)
        return (250, 250, 250)

    return png(width, height, pixel)


def gull(size=48):
    """The mark of the Harbour Gazette: a gull in a circle."""

    def pixel(x, y):
        cx, cy = x - size / 2, y - size / 2
        if math.hypot(cx, cy) > size / 2 - 1:
            return (255, 255, 255)
        wing = abs(cx) * 0.5 - (cx * cx) / size * 0.9
        if abs(cy + wing - 2) < 2.4 and abs(cx) < size * 0.38:
            return (255, 255, 255)
        return (26, 95, 180)

    return png(size, size, pixel)


def pdf(lines):
    """A one-page PDF with the given lines, ASCII."""
    text = b'BT /F1 12 Tf 72 770 Td 16 TL '
    for line in lines:
        escaped = line.replace('\\', '\\\\').replace('(', '\\(').replace(')', '\\)')
        text += b'(' + escaped.encode('ascii', 'replace') + b") Tj T* "
    text += b'ET'
    objects = [
        b'<< /Type /Catalog /Pages 2 0 R >>',
        b'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
        b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R '
        b'/Resources << /Font << /F1 5 0 R >> >> >>',
        b'<< /Length %d >>\nstream\n' % len(text) + text + b'\nendstream',
        b'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ]
    out = io.BytesIO()
    out.write(b'%PDF-1.4\n')
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b'%d 0 obj\n' % number + body + b'\nendobj\n')
    start = out.tell()
    out.write(b'xref\n0 %d\n0000000000 65535 f \n' % (len(objects) + 1))
    for offset in offsets:
        out.write(b'%010d 00000 n \n' % offset)
    out.write(b'trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n'
              % (len(objects) + 1, start))
    return out.getvalue()


def ods(rows):
    """An OpenDocument spreadsheet with one table."""
    cells = ''.join(
        '<table:table-row>' + ''.join(
            '<table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell>'
            % str(cell).replace('&', '&amp;').replace('<', '&lt;') for cell in row)
        + '</table:table-row>' for row in rows)
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
        '<office:body><office:spreadsheet><table:table table:name="Budget">' + cells
        + '</table:table></office:spreadsheet></office:body></office:document-content>')
    kind = 'application/vnd.oasis.opendocument.spreadsheet'
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="%s"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        '</manifest:manifest>' % kind)
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as archive:
        archive.writestr(zipfile.ZipInfo('mimetype'), kind)
        archive.writestr(zipfile.ZipInfo('content.xml'), content)
        archive.writestr(zipfile.ZipInfo('META-INF/manifest.xml'), manifest)
    return out.getvalue()
