"""pipitctl parse."""

import sys

import toolrun
from servers import tap
from toolrun import DONE, FAILED, USAGE

MESSAGE = """\
From: =?utf-8?Q?J=C3=B6rg?= <joerg@example.org>
To: ann@example.org
Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=
Date: Mon, 21 Nov 1994 09:55:06 -0600
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/html; charset=utf-8

<p>Hello \x1b[31m<b>you</b></p>
--x
Content-Type: application/pdf
Content-Disposition: attachment; filename="../a.pdf"
Content-Transfer-Encoding: base64

JVBERi0=
--x--
"""


class Parse(toolrun.ToolTest):
    def test_json(self):
        result = self.run_tool('parse', self.write('a.eml', MESSAGE), '--json')
        self.assertExit(result, DONE)
        said = result.json()
        self.assertEqual(said['subject'], 'Grüße')
        self.assertEqual(said['from'], [{'name': 'Jörg', 'address': 'joerg@example.org'}])
        self.assertEqual(said['date'], '1994-11-21T15:55:06Z')
        self.assertEqual(said['text'].split(), ['Hello', '[31myou'])
        self.assertIn('<b>you</b>', said['html'])
        self.assertEqual(said['attachments'], [
            {'name': 'a.pdf', 'content_type': 'application/pdf', 'size': 5, 'section': '2',
             'role': 'attachment', 'charset': None, 'content_id': None}])
        self.assertIs(said['complete'], True)
        self.assertEqual(said['problems'], [])

    def test_text_steers_no_terminal(self):
        result = self.run_tool('parse', self.write('a.eml', MESSAGE))
        self.assertExit(result, DONE)
        self.assertIn('Subject: Grüße\n', result.out)
        self.assertIn('Attachment 2: a.pdf (application/pdf, 5 bytes)\n', result.out)
        self.assertNotIn('\x1b', result.out)

    def test_incomplete_says_so(self):
        result = self.run_tool('parse', '-', '--json', stdin=MESSAGE[:-6])
        self.assertExit(result, DONE)
        self.assertIs(result.json()['complete'], False)
        self.assertEqual(result.json()['problems'], ['boundary-missing'])

    def test_nothing_and_no_file(self):
        self.assertExit(self.run_tool('parse', '-', stdin=''), DONE)
        self.assertExit(self.run_tool('parse', self.path('none.eml')), FAILED)
        self.assertExit(self.run_tool('parse', self.directory), FAILED)
        self.assertExit(self.run_tool('parse'), USAGE)


if __name__ == '__main__':
    toolrun.ToolTest.program = sys.argv[1]
    sys.argv = sys.argv[:1]
    tap.main()
