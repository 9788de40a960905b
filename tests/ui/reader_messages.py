"""Messages to read: each shows one thing that the reader does."""

import struct
import zlib
from email.message import EmailMessage
from email.utils import format_datetime, parsedate_to_datetime
from datetime import datetime, timedelta, timezone

ME = 'Alice Example <alice@example.test>'
NOW = datetime.now(timezone.utc).replace(microsecond=0)
BUDGET = bytes(range(256)) * 300


def png(width, height, colour=(40, 120, 200)):
    def chunk(kind, data):
        return (struct.pack('>I', len(data)) + kind + data
                + struct.pack('>I', zlib.crc32(kind + data)))
    row = b'\0' + bytes(colour) * width
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(row * height)) + chunk(b'IEND', b''))


def message(subject, sender, hours_ago, text, html=None, to=ME, cc=None, references=None, own_id=None):
    result = EmailMessage()
    result['From'] = sender
    result['To'] = to
    if cc:
        result['Cc'] = cc
    result['Subject'] = subject
    result['Date'] = format_datetime(NOW - timedelta(hours=hours_ago))
    result['Message-ID'] = own_id or f'<{abs(hash((subject, hours_ago)))}@reader.example>'
    if references:
        result['References'] = references
        result['In-Reply-To'] = references.split()[-1]
    result.set_content(text)
    if html:
        result.add_alternative(html, subtype='html')
    return result


def conversation():
    """A first message, many that were read, and the last, with files."""
    first = '<pier.0@reader.example>'
    yield message('Budget for the north pier', 'Jonas Weir <jonas@harbour.example>', 90,
                  'Could you split the crane from the rest? The council asks what it costs.\n',
                  own_id=first), '\\Seen'
    for index in range(13):
        yield message('Re: Budget for the north pier', 'Harbour Office <office@harbour.example>',
                      80 - index, f'Remark number {index + 1}.\n', references=first), '\\Seen'
    last = message('Re: Budget for the north pier', 'Mara Lind <mara@lind.example>', 1,
                   'Dear Jonas,\n\n'
                   'The revised table is attached. The crane is now in its own line, as you asked, and the '
                   'contingency is at nine percent. If the council agrees on Thursday, the yard can start '
                   'in the first dry week of March. See https://harbour.example/plan (the old one), or '
                   'write to office@harbour.example.\n\n'
                   'One question remains: who signs for the harbour office?\n\n'
                   'On Tuesday Jonas Weir wrote:\n'
                   + ''.join(f'> Line {n} of what was said before.\n' for n in range(1, 13))
                   + '\n-- \nMara Lind\nNorth Pier\n',
                   to='Jonas Weir <jonas@harbour.example>, ' + ME,
                   cc='Harbour Office <office@harbour.example>', references=first)
    last.add_attachment(BUDGET, maintype='application',
                        subtype='vnd.oasis.opendocument.spreadsheet',
                        filename='north-pier-budget.ods')
    last.add_attachment(png(64, 48), maintype='image', subtype='png', filename='crane.png')
    yield last, ''


def gazette():
    html = ('<!DOCTYPE html><html><head><style>h1{font-weight:600;color:#1c71d8} '
            'td{padding:6px}</style></head><body><h1>This week on the water</h1>'
            '<p>The ferry goes back to its winter times. <a href="https://gazette.example/ferry">'
            'Read on</a> or <a href="mailto:desk@gazette.example?subject=Ferry">write to us</a>.</p>'
            '<p><img src="cid:map@reader.example" width="300" height="120" alt="Map"></p>'
            '<table width="900" border="1"><tr><td>Monday</td><td>Tuesday</td><td>Wednesday</td>'
            '<td align="right">the far end</td></tr></table>'
            '<img src="https://count.gazette.example/open?1" width="1" height="1">'
            '<img src="https://cdn.gazette.example/top.png" width="200" height="40"></body></html>')
    result = message('This week on the water', 'Harbour Gazette <desk@gazette.example>', 2,
                     'This week on the water, as text.\n', html)
    result.get_payload()[1].add_related(png(300, 120), 'image', 'png', cid='<map@reader.example>')
    return result, ''


def dark():
    html = ('<html><head><meta name="color-scheme" content="light dark"><style>'
            ':root{color-scheme:light dark} @media (prefers-color-scheme:dark){h2{color:#8ff0a4}}'
            '</style></head><body><h2>Both by day and by night</h2><p>These colours follow the desktop.'
            '</p></body></html>')
    return message('For the night', 'Nikos <nikos@limani.example>', 3, 'Night\n', html), '\\Seen'


def tall():
    html = '<html><body>' + ''.join(f'<p>Paragraph {n} of a very long letter.</p>'
                                    for n in range(600)) + '</body></html>'
    return message('A very long letter', 'Tom Hallett <tom@hallett.example>', 4, 'Long\n', html), ''


def growing():
    html = ('<html><body style="margin:0"><div style="height:100vh;padding:20px;background:#eee">'
            'As tall as the window, and a little more.</div></body></html>')
    return message('Taller and taller', 'Tom Hallett <tom@hallett.example>', 5, 'Tall\n', html), ''


def right_to_left():
    return message('ميزانية الرصيف', 'ليلى حداد <layla@mina.example>', 6,
                   'عزيزتي مارا،\n\nالجدول المعدل مرفق، انظري https://mina.example/plan '
                   'وأخبريني رأيك.\n\n> السطر الأول\n> السطر الثاني\n'), '\\Seen'


def long_text():
    lines = ''.join(f'{n:06d} 1017 hPa 4.81 m\n' for n in range(6000))
    return message('Raw readings of the month', 'Tidal Survey <stations@tidal.example>', 7, lines), ''


def invitation():
    result = message('Invitation: council on Thursday', 'Harbour Office <office@harbour.example>', 8,
                     'You are invited to the council on Thursday at ten.\n')
    calendar = ('BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@harbour\r\n'
                'DTSTART:20270304T100000Z\r\nDTEND:20270304T110000Z\r\nSUMMARY:Council\r\n'
                'LOCATION:Town Hall\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n')
    result.add_attachment(calendar.encode(), maintype='text', subtype='calendar',
                          filename='invitation.ics')
    return result, '\\Seen'


def mailbox():
    """All of them: (bytes, flags, date), the oldest first."""
    pairs = [*conversation(), gazette(), dark(), tall(), growing(), right_to_left(), long_text(),
             invitation()]
    dated = [(letter.as_bytes().replace(b'\r\n', b'\n').replace(b'\n', b'\r\n'), flags,
              parsedate_to_datetime(letter['Date'])) for letter, flags in pairs]
    return sorted(dated, key=lambda one: one[2])
