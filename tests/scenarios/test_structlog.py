"""The recipe for structlog on docs/logging.md, run as it stands there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs/logging.md"
PROGRAM = '''
import traitconf as tc

@tc.trait
class Mailing(tc.TraitBase):
    """Send letters."""

    @tc.operation()
    def post(self, host):
        self.logger.info("sent %d letters", 2, host=host, letters=2, token="t0ken")

@tc.use(Mailing)
class Order: ...

with tc.tenant("acme"):
    Order().post()
    structlog.get_logger("shop").info("paid", amount=3)
'''


def test_one_stream_of_json(tmp_path):
    """Lines of traits and of structlog come in one stream of JSON, with their fields, and without secrets."""
    pytest.importorskip("structlog", reason="it comes with the extra [test]")
    recipe = PAGE.read_text(encoding="utf-8").partition("## structlog")[2].partition("```python\n")[2]
    script = tmp_path / "recipe.py"
    script.write_text(recipe.partition("```")[0] + PROGRAM, encoding="utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, cwd=tmp_path, check=True)
    ours, theirs = (json.loads(line) for line in done.stderr.splitlines())
    expected = {"tc_trait": "mailing", "tc_model": "Order", "tc_tenant": "acme", "tc_letters": 2, "tc_token": "•••"}
    assert {name: value for name, value in ours.items() if name.startswith("tc_")} == expected
    assert (ours["event"], ours["logger"], ours["level"]) == ("sent 2 letters", "traitconf.trait.mailing", "info")
    assert (theirs["event"], theirs["amount"], theirs["logger"]) == ("paid", 3, "shop")
    assert set(ours) - set(expected) == set(theirs) - {"amount"}
