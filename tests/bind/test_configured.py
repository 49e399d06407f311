from __future__ import annotations

import importlib
import sys

import pytest

import traitconf as tc
from traitconf.traits import SoftDeletes

MODELS = """
import attrs

@attrs.define
class Article:
    title: str = "Hello"
    slug: str | None = None
    log = []
    def save(self): return "saved"
    def delete(self): return "deleted"

class Plain:
    def delete(self): return "deleted"
"""


def binding(name, *traits, target=None):
    use = ", ".join(f'"{trait}"' for trait in traits)
    return {"models/Article.toml": f'class = "{target or name}"\nuse = [{use}]\n\n[sluggable]\nseparator = "_"\n'}


def test_a_class_that_is_imported_is_bound_at_once(module, tc_config):
    """`class` and `use` bind a class that is there; its model's table in the same file configures it."""
    shop = module("configured_now", MODELS)
    tc_config(binding("configured_now:Article", "sluggable", "soft_deletes"))
    article = shop.Article("One two")
    article.save()
    assert article.slug == "one_two"
    assert article.delete() is None
    assert article.trashed


def test_a_class_is_bound_when_its_module_is_imported(module, tc_config):
    """A module is not imported early; when the program imports it, its class is bound."""
    name = module("configured_later", MODELS, load=False)
    tc_config(binding(f"{name}:Article", "sluggable"))
    assert name not in sys.modules
    shop = importlib.import_module(name)
    article = shop.Article("One two")
    article.save()
    assert article.slug == "one_two"
    assert not tc.has_trait(shop.Plain, SoftDeletes)
    assert shop.__spec__.loader is shop.__loader__
    assert type(shop.__loader__).__module__.startswith("_frozen_importlib")


def test_the_binding_follows_the_configuration(module, tc_config):
    """A reload binds what is new and unbinds what is gone; the end of the runtime unbinds the rest."""
    shop = module("configured_reload", MODELS)
    before = dict(vars(shop.Article))
    runtime = tc_config(binding("configured_reload:Article", "sluggable"))
    assert [trait.__name__ for trait in tc.traits_of(shop.Article)] == ["Sluggable"]
    file = runtime.paths[0] / "models/Article.toml"
    file.write_text('class = "configured_reload:Article"\nuse = ["soft_deletes"]\n')
    runtime.reload()
    assert [trait.__name__ for trait in tc.traits_of(shop.Article)] == ["SoftDeletes"]
    runtime.stop()
    assert dict(vars(shop.Article)) == before


def test_what_code_has_bound_stays(module, tc_config):
    """A trait that the program has bound itself is not unbound by the configuration."""
    shop = module("configured_both", MODELS)
    tc.bind(shop.Article, SoftDeletes)
    runtime = tc_config(binding("configured_both:Article", "soft_deletes", "sluggable"))
    (runtime.paths[0] / "models/Article.toml").unlink()
    runtime.reload()
    assert tc.traits_of(shop.Article) == (SoftDeletes,)
    tc.unbind(shop.Article)


def test_a_refused_binding_names_the_line(module, tc_config):
    """A class that cannot be bound stops the start, with the file's line, and nothing is bound."""
    shop = module("configured_bad", MODELS + "\nclass Other:\n    pass\n")
    before = dict(vars(shop.Other))
    with pytest.raises(tc.ConfigError) as error:
        tc_config(binding("configured_bad:Other", "soft_deletes"))
    (problem,) = error.value.problems
    assert problem.code == "TC601"
    assert str(problem.origin).endswith("config/models/Article.toml:2:1")
    assert dict(vars(shop.Other)) == before


@pytest.mark.parametrize(("target", "code"), [("configured_gone:Nope", "TC613"), ("configured_gone", "TC107")])
def test_a_class_that_is_not_there(module, tc_config, target, code):
    """A class that its imported module does not have is an error at the line that names it."""
    module("configured_gone", MODELS)
    with pytest.raises(tc.ConfigError) as error:
        tc_config({"models/Article.toml": f'class = "{target}"\nuse = ["soft_deletes"]\n'})
    (problem,) = error.value.problems
    assert problem.code == code
    assert str(problem.origin).endswith("config/models/Article.toml:1:1")


def test_a_refused_reload_leaves_bindings(module, tc_config):
    """When a reload is refused, the classes stay bound as they were."""
    shop = module("configured_kept", MODELS)
    runtime = tc_config(binding("configured_kept:Article", "sluggable"))
    (runtime.paths[0] / "models/Article.toml").write_text('class = "configured_kept:Plain"\nuse = ["sluggable"]\n')
    with pytest.raises(tc.ConfigError):
        runtime.reload()
    article = shop.Article("One two")
    article.save()
    assert article.slug == "one_two"
    assert tc.traits_of(shop.Plain) == ()
