"""HTML that is wider than its card is made smaller; what is wider still can be scrolled to."""

import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from servers import Desktop, tap

VIEW = os.path.join(os.environ['PIPIT_TEST_BUILD_ROOT'], 'tests', 'ui', 'fit-view')

TABLE = '<body style="margin:0"><table width="{}" border="1"><tr><td>left<td align=right>right</table>'
RULES = ('<style>body{margin:0} .w{width:800px} @media (max-width:620px){.w{width:100%}}</style>'
         '<div class=w>of its own rules</div>')
HIDDEN = ('<style>html,body{height:100%;margin:0;overflow:hidden}</style>'
          '<div style="width:1500px">cut by its own rules</div>')
RIGHT_TO_LEFT = '<html dir=rtl><body style="margin:0"><table width=850 border=1><tr><td>א<td>ב</table></html>'


class FitTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.room = Desktop(1000, 700, keyring=False)
        cls.room.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.room.__exit__()

    def show(self, html, *widths):
        """Returns zoom, in hundredths, and how far one can scroll sideways, at each width."""
        with tempfile.NamedTemporaryFile('w', suffix='.html', encoding='utf-8') as file:
            file.write(html)
            file.flush()
            done = subprocess.run([VIEW, file.name, *map(str, widths)], capture_output=True, text=True,
                                  timeout=100, check=True,
                                  env={**self.room.environment(), 'GSK_RENDERER': 'cairo'})
        seen = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
        self.assertEqual([width for width, _zoom, _far in seen], list(widths))
        return [(zoom, far) for _width, zoom, far in seen]

    def test_narrow_stays_as_it_is(self):
        self.assertEqual(self.show(TABLE.format(500), 680), [(100, 0)])

    def test_wide_is_made_smaller(self):
        (zoom, far), (back, _far), (smaller, far_again) = self.show(TABLE.format(850), 680, 900, 600)
        self.assertIn(zoom, range(78, 81))
        self.assertEqual(far, 0)
        self.assertEqual(back, 100)
        self.assertIn(smaller, range(69, 72))
        self.assertEqual(far_again, 0)

    def test_wider_still_scrolls(self):
        ((zoom, far),) = self.show(TABLE.format(3000), 680)
        self.assertEqual(zoom, 60)
        self.assertGreater(far, 1500)

    def test_own_rules_for_narrow_screens_hold(self):
        (wide, _far), (narrow, far) = self.show(RULES, 680, 400)
        self.assertIn(wide, range(83, 87))
        self.assertEqual((narrow, far), (100, 0))

    def test_what_hides_its_edge_can_be_scrolled_to(self):
        ((zoom, far),) = self.show(HIDDEN, 680)
        self.assertEqual(zoom, 60)
        self.assertGreater(far, 300)

    def test_right_to_left(self):
        ((zoom, far),) = self.show(RIGHT_TO_LEFT, 680)
        self.assertIn(zoom, range(78, 81))
        self.assertEqual(far, 0)


if __name__ == '__main__':
    tap.main()
