"""The acts of the demonstration; each shows one thing that traitconf does, on real input."""

from __future__ import annotations

import time
from pathlib import Path

import attrs

import traitconf as tc
from traitconf.demo import library
from traitconf.demo.article import Article
from traitconf.demo.handbook import TENANTS, fill, row, topics
from traitconf.demo.screen import Screen
from traitconf.demo.shelf import Shelf
from traitconf.demo.traffic import Traffic
from traitconf.traits import Sluggable

EDITED = "tenants/acme.toml"
FOREIGN = "pydoc.toml"
LENGTHS = ("max_length = 40", "max_length = 24")
"""The line that is edited, before and after; a run on kept data edits it back."""


@attrs.frozen
class Story:
    """One run of the demonstration.

    Attributes:
        screen: where it is told.
        config: the directory that it reads and edits.
        shelf: where the articles are kept.
        config_flag: what a command line needs to find the configuration.
    """

    screen: Screen
    config: Path
    shelf: Shelf
    config_flag: str = ""

    def tell(self) -> bool:
        """Tell every act; whether all of them ended as they should."""
        runtime = tc.configure(self.config, complete=True)
        self.screen.say(
            "A handbook for three tenants. One class, three traits; plain files say how they behave for whom."
        )
        self.screen.quote(
            '@tc.use(Sluggable(source="title"), Auditable, SoftDeletes)\n@attrs.define\nclass Article: ...'
        )
        self.import_topics()
        complete = self.show_tenants()
        changed = self.change_while_calls_go_on(runtime)
        kept = self.break_a_file(runtime)
        self.explain_one_value()
        cached = self.cache_a_foreign_class()
        self.show_what_next()
        return complete and changed and kept and cached

    def import_topics(self) -> None:
        """Import every topic for every tenant, editing, deleting and restoring some."""
        count = len(topics())
        self.screen.heading(f"1  {count} topics of this Python become articles of {len(TENANTS)} tenants")
        with self.screen.progress("save, edit, delete, restore", count * len(TENANTS)) as advance:
            for tenant in TENANTS:
                fill(self.shelf, tenant, advance)

    def show_tenants(self) -> bool:
        """Show what each tenant has, and which settings differ for it."""
        self.screen.heading("2  The same code, three behaviours")
        rows = [row(self.shelf, tenant) for tenant in TENANTS]
        columns = (
            "tenant",
            "plan",
            "articles",
            "slugs",
            "audit entries",
            "soft-deleted",
            "differing settings, decided by",
        )
        self.screen.table(
            columns,
            [
                (
                    r.tenant,
                    r.plan,
                    str(r.articles),
                    str(r.slugs),
                    str(r.audit_entries),
                    str(r.deleted),
                    "\n".join(r.differing),
                )
                for r in rows
            ],
        )
        return all(one.articles == len(topics()) == one.slugs for one in rows)

    def change_while_calls_go_on(self, runtime: tc.Runtime) -> bool:
        """Edit one file and reload while calls go on."""
        self.screen.heading("3  One file changes while calls go on")
        before = self.slug_for_acme()
        path = self.config / EDITED
        text = path.read_text(encoding="utf-8")
        old, new = LENGTHS if LENGTHS[0] in text else LENGTHS[::-1]
        with Traffic("acme") as traffic:
            traffic.wait_for(500)
            path.write_text(text.replace(old, new), encoding="utf-8")
            started = time.perf_counter()
            generation = runtime.reload().generation
            took = (time.perf_counter() - started) * 1000
            traffic.wait_for(500)
        self.screen.quote(f"{path}\n- {old}\n+ {new}")
        after = self.slug_for_acme()
        self.screen.say(f"changed in {took:.0f} ms, {traffic.calls:,} calls, {len(traffic.errors)} errors")
        self.screen.say(f"generation {generation}: a new article of acme was {before!r}, now it is {after!r}")
        return not traffic.errors and before != after

    def break_a_file(self, runtime: tc.Runtime) -> bool:
        """Break the same file: the error names the place, and the old snapshot keeps serving."""
        self.screen.heading("4  The file breaks, the program does not")
        path = self.config / EDITED
        text = path.read_text(encoding="utf-8")
        generation, length = runtime.snapshot.generation, self.length_for_acme(runtime)
        try:
            path.write_text(text.replace("max_length =", "max_lenght ="), encoding="utf-8")
            runtime.reload()
        except tc.ConfigError as error:
            self.screen.quote(str(error))
        finally:
            path.write_text(text, encoding="utf-8")
        kept = runtime.snapshot.generation == generation
        kept = kept and length == self.length_for_acme(runtime)
        self.screen.say(f"generation {runtime.snapshot.generation} keeps serving: acme's max_length is {length}")
        runtime.reload()
        return kept

    def explain_one_value(self) -> None:
        """Show why one value is as it is."""
        self.screen.heading("5  Why is it so?")
        self.screen.say("$ traitconf explain auditable.retention_days --model Article --tenant acme")
        self.screen.quote(str(tc.explain("auditable.retention_days", Article, tenant="acme")))

    def cache_a_foreign_class(self) -> bool:
        """Render modules with a class of the standard library, twice; four lines of a file have it cached."""
        chosen = library.modules(library.MODULES)
        self.screen.heading(f"6  Four lines cache pydoc.HTMLDoc, which nobody has edited: {len(chosen)} modules")
        self.screen.quote((self.config / FOREIGN).read_text(encoding="utf-8"))
        with self.screen.progress("render, and render again", 2 * len(chosen)) as advance:
            cold, warm = (library.render(name, chosen, advance) for name in ("cold", "warm"))
        columns = ("pass", "pages", "in all", "p50", "p95", "hit ratio")
        self.screen.table(columns, [cold.row, warm.row])
        self.screen.say(f"the same pages, {cold.seconds / warm.seconds:,.0f} times faster")
        return cold.pages == warm.pages and warm.hits == len(chosen)

    def show_what_next(self) -> None:
        """End with commands to try."""
        self.screen.heading("Try next")
        config = self.config_flag
        self.screen.quote(
            f"traitconf explain sluggable.max_length --model Article --tenant acme{config}\n"
            f"traitconf list --tenant globex --changed{config}\n"
            f"TRAITCONF_TRAITS__AUDITABLE__ENABLED=false traitconf explain auditable.enabled --tenant acme{config}\n"
            f"traitconf validate{config}\n"
            "traitconf demo --data handbook      keeps configuration, articles and audit trail there"
        )

    def length_for_acme(self, runtime: tc.Runtime) -> int:
        """Return how long a slug of acme may be."""
        return runtime.resolve(Sluggable, Article, "acme").max_length

    def slug_for_acme(self) -> str | None:
        """Return the slug that a new article of acme gets."""
        with tc.tenant("acme"):
            article = Article("How configuration changes behaviour", "", Shelf())
            article.save()
            return article.slug
