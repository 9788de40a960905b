"""The man page says everything that pipitctl's own help says."""

import os
import re
import subprocess
import sys

import toolrun
from servers import tap
from toolrun import DONE


def plain_page():
    path = os.path.join(os.environ['PIPIT_TEST_SOURCE_ROOT'], 'data', 'pipitctl.1')
    with open(path, encoding='utf-8') as file:
        text = file.read()
    text = re.sub(r'\\f[BIR]', '', text).replace('\\-', '-')
    text = re.sub(r'^\.[A-Z]+ ?', '', text, flags=re.MULTILINE)
    return text.replace('" "', '').replace('"', '')


class ManPage(toolrun.ToolTest):
    def commands(self):
        lines = self.run_tool('--help').out.split('Commands:\n')[1].split('\n\n')[0].splitlines()
        return [re.match(r'  ([a-z ]+?)(?= [A-Z\[]|  )', line).group(1).strip() for line in lines]

    def test_every_command_and_option(self):
        page = plain_page()
        commands = self.commands()
        self.assertIn('account add', commands)
        for command in commands:
            with self.subTest(command=command):
                self.assertIn(command, page)
                result = self.run_tool(*command.split(), '--help')
                self.assertExit(result, DONE)
                for option in re.findall(r'--[a-z][a-z-]+', result.out.split('Options:')[-1]):
                    self.assertIn(option, page)

    def test_it_formats_without_warnings(self):
        path = os.path.join(os.environ['PIPIT_TEST_SOURCE_ROOT'], 'data', 'pipitctl.1')
        try:
            done = subprocess.run(['groff', '-man', '-Tutf8', '-ww', '-z', path], capture_output=True,
                                  text=True, check=False)
        except FileNotFoundError:
            self.skipTest('groff is not installed')
        self.assertEqual((done.returncode, done.stderr), (0, ''))


if __name__ == '__main__':
    toolrun.ToolTest.program = sys.argv[1]
    sys.argv = sys.argv[:1]
    tap.main()
