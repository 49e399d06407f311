"""Where a request names its tenant, and what is believed."""

from __future__ import annotations

import contextlib

import pytest

import traitconf as tc
from traitconf.adapters.admission import Admission
from traitconf.adapters.request import Proxies, Refused, Request, from_environ
from traitconf.adapters.tenant_source import Claim, Header, PathPart, Subdomain


def request(path="/", peer="192.0.2.1", **headers):
    """Return a request with headers; `x_tenant` stands for `X-Tenant`, a list for one that comes several times."""
    given = {name.replace("_", "-"): [text] if isinstance(text, str) else text for name, text in headers.items()}
    return Request(lambda name: given.get(name, ()), path, peer, None)


def refusal(function, *arguments):
    """Return the code with which a call is refused."""
    with pytest.raises(Refused) as caught:
        function(*arguments)
    return caught.value.code


@pytest.mark.parametrize(
    ("host", "tenant"),
    [
        ("acme.example.com", "acme"),
        ("ACME.Example.com:8443", "acme"),
        ("acme.example.com.", "acme"),
        ("eu.acme.example.com", "eu.acme"),
        ("example.com", None),
        ("www.example.com", None),
        ("acme.example.org", None),
        ("notexample.com", None),
        (".example.com", None),
        ("[::1]:80", None),
    ],
)
def test_a_subdomain_names_the_tenant(host, tenant):
    """Only hosts below the domain name one, whatever their case and port."""
    assert Subdomain("example.com")(request(host=host)) == tenant


def test_a_forwarded_host_needs_a_trusted_proxy():
    """X-Forwarded-Host counts only where it comes from a proxy that is trusted."""
    source = Subdomain("example.com", trusted=["10.0.0.0/8"])
    headers = {"host": "acme.example.com", "x_forwarded_host": "globex.example.com"}
    assert source(request(**headers)) == "acme"
    assert source(request(peer="10.0.0.1", **headers)) == "globex"
    assert Subdomain("example.com")(request(peer="10.0.0.1", **headers)) == "acme"
    assert refusal(source, request(host=["acme.example.com", "globex.example.com"])) == "TC722"


@pytest.mark.parametrize(
    ("template", "path", "tenant"),
    [
        ("/{tenant}", "/acme/orders", "acme"),
        ("/{tenant}/", "/acme", "acme"),
        ("/t/{tenant}/api", "/t/acme/api/1", "acme"),
        ("/t/{tenant}/api", "/t/acme/apis", None),
        ("/t/{tenant}", "/t/", None),
        ("/t/{tenant}", "/other/acme", None),
        ("/a.c/{tenant}", "/abc/acme", None),
    ],
)
def test_a_part_of_the_path_names_the_tenant(template, path, tenant):
    """The template's other parts must be there as they are written."""
    assert PathPart(template)(request(path)) == tenant


@pytest.mark.parametrize("template", ["/t", "/t{tenant}", "/{tenant}/{tenant}"])
def test_a_template_has_one_place(template):
    """A template without its part, or with two, is refused when it is made."""
    with pytest.raises(ValueError, match="one part"):
        PathPart(template)


class TestClaim:
    """The claim of a token that the application verifies."""

    @staticmethod
    def verify(token):
        """Know two tokens."""
        return {"good": {"tenant": "acme", "org": {"id": "globex"}}, "odd": {"tenant": 7}}[token]

    def test_a_verified_token_names_the_tenant(self):
        """The claim is found at its path; without bearer or claim nothing is named."""
        source = Claim("tenant", verify=self.verify)
        assert source(request(authorization="Bearer good")) == "acme"
        assert source(request(authorization="bearer  good")) == "acme"
        assert Claim("org.id", verify=self.verify)(request(authorization="Bearer good")) == "globex"
        assert Claim("org.name", verify=self.verify)(request(authorization="Bearer good")) is None
        assert source(request(authorization="Basic good")) is None
        assert source(request()) is None

    def test_a_token_that_is_not_accepted_is_refused(self):
        """Whatever the verifier raises, the token is not accepted; its text goes nowhere."""
        source = Claim("tenant", verify=self.verify)
        with pytest.raises(Refused) as caught:
            source(request(authorization="Bearer s3cret"))
        refused = caught.value
        assert (refused.code, refused.status) == ("TC723", 401)
        assert ("WWW-Authenticate", "Bearer") in refused.headers
        assert "s3cret" not in f"{refused}{refused.detail}{refused.body}"
        assert refusal(source, request(authorization="Bearer odd")) == "TC724"
        assert refusal(source, request(authorization=["Bearer good", "Bearer odd"])) == "TC722"

    def test_a_verifier_returns_claims(self):
        """A verifier that returns something else is a mistake of the application, never a missing tenant."""
        with pytest.raises(TypeError, match="claims"):
            Claim("tenant", verify=lambda token: "acme")(request(authorization="Bearer good"))


class TestProxies:
    """Who is believed."""

    @pytest.mark.parametrize(
        ("trusted", "peer", "expected"),
        [
            (["10.0.0.0/8"], "10.9.9.9", True),
            (["10.0.0.0/8"], "::ffff:10.9.9.9", True),
            (["10.0.0.1"], "10.0.0.2", False),
            (["2001:db8::/32"], "2001:db8::1", True),
            (["10.0.0.0/8"], None, False),
            (["10.0.0.0/8"], "localhost", False),
            (["unix"], None, True),
            (["unix"], "", True),
            (["unix"], "10.0.0.1", False),
            ([], "127.0.0.1", False),
            (["*"], None, True),
        ],
    )
    def test_addresses_and_networks(self, trusted, peer, expected):
        """A peer is trusted when one of the networks holds its address."""
        assert Proxies(trusted).trusts(peer) is expected
        assert Proxies(trusted).believes(request(peer=peer)) is expected

    def test_an_address_that_the_request_names_is_nobodys(self):
        """A peer whose address stands in X-Forwarded-For is not believed; other addresses there do not matter."""
        proxies = Proxies(["10.0.0.0/8"])
        assert proxies.believes(request(peer="10.0.0.1", x_forwarded_for="192.0.2.7, 10.0.0.2"))
        for headers in (
            {"x_forwarded_for": ["192.0.2.7", "x, 10.0.0.1:77"]},
            {"forwarded": 'for=192.0.2.7;proto=https, For="10.0.0.1:77"'},
            {"forwarded": 'for="[::ffff:10.0.0.1]:77";by=x'},
            {"x_real_ip": " 10.0.0.1"},
        ):
            assert not proxies.believes(request(peer="10.0.0.1", **headers))

    def test_what_is_no_address_is_refused(self):
        """A slip in an address, or text for a list, is found when the middleware is made."""
        with pytest.raises(ValueError, match="does not appear"):
            Header("X-Tenant", trusted=["10.0.0.0/99"])
        with pytest.raises(TypeError, match="list of addresses"):
            Header("X-Tenant", trusted="10.0.0.1")


class TestAdmission:
    """What the sources say together."""

    @staticmethod
    def tenant(given, **policy):
        """Return the tenant of the context that a request with these sources gets."""
        with contextlib.ExitStack() as stack:
            Admission(tenant=given, **policy).enter(stack, request())
            return tc.current_context().tenant

    def test_sources_must_agree(self, tc_runtime):
        """All that name a tenant name the same one; who names none does not count."""
        one, other, none = (lambda request: "acme"), (lambda request: "globex"), (lambda request: None)
        assert self.tenant((one, none, one)) == "acme"
        assert self.tenant(none) is None
        assert refusal(self.tenant, (one, other)) == "TC722"

    @pytest.mark.parametrize("name", ["", "a" * 201, "a\nb", "a\x00"])
    def test_what_is_no_id_is_refused(self, tc_runtime, name):
        """An empty, endless or unprintable id is refused before anything is looked up."""
        assert refusal(self.tenant, lambda request: name) == "TC724"

    def test_a_tenant_may_be_required_of_some(self, tc_runtime):
        """A function decides of which requests a tenant is required."""
        none = lambda request: None  # noqa: E731 -- a source is a function
        assert self.tenant(none, required=lambda request: request.path == "/private") is None
        assert refusal(lambda: self.tenant(none, required=lambda request: request.path == "/")) == "TC720"

    def test_mistakes_are_found_when_it_is_made_or_first_used(self, tc_runtime):
        """A requirement without a source, one that is no function or must be awaited, an id that is no text."""
        with pytest.raises(ValueError, match="give tenant="):
            Admission(required=True)
        with pytest.raises(TypeError, match="function of the request"):
            Admission(tenant=["X-Tenant"])
        with pytest.raises(TypeError, match="returns text or None"):
            self.tenant(lambda request: 7)

        async def later(request):
            return "acme"

        with pytest.raises(TypeError, match="asynchronous"):
            self.tenant(later)

    @pytest.mark.parametrize(("given", "kept"), [("a-1", True), ("x" * 129, False), ("a b", False), ("", False)])
    def test_a_request_id_is_kept_when_it_is_one(self, tc_runtime, given, kept):
        """An id that could forge a line of a log is replaced."""
        with contextlib.ExitStack() as stack:
            Admission().enter(stack, request(x_request_id=given))
            assert (tc.current_context().request_id == given) is kept
            assert tc.current_context().request_id

    def test_time_that_has_passed_counts(self, tc_config, tc_clock):
        """A definition that has expired by now is not pinned."""
        from traitconf.traits import Auditable

        day = tc_clock.now().date().toordinal() + 1
        until = type(tc_clock.now()).fromordinal(day).date().isoformat()
        tc_config({"traits.toml": f"[auditable]\nretention_days = {{ value = 7, until = {until} }}\n"})
        assert self.days(Auditable) == 7
        tc_clock.advance(days=2)
        assert self.days(Auditable) == 30

    @staticmethod
    def days(trait):
        """Return the days that a request sees."""
        with contextlib.ExitStack() as stack:
            Admission().enter(stack, request())
            return tc.resolve(trait).retention_days


def test_an_override_around_a_test_client_counts(tc_runtime, tc_override):
    """A request that runs in the thread of a test sees what the test overrides."""
    from traitconf.traits import Auditable

    tc_override({"auditable.retention_days": 3})
    assert TestAdmission.days(Auditable) == 3


def test_an_environ_is_read_as_it_is_meant():
    """The path is decoded from both of its parts, the peer is the one before werkzeug's ProxyFix."""
    found = from_environ(
        {
            "SCRIPT_NAME": "/app",
            "PATH_INFO": "/caf\xc3\xa9",
            "REMOTE_ADDR": "10.0.0.1",
            "HTTP_X_TENANT": "acme",
            "CONTENT_TYPE": "text/plain",
            "werkzeug.proxy_fix.orig": {"REMOTE_ADDR": "192.0.2.1"},
        }
    )
    assert (found.path, found.peer) == ("/app/café", "192.0.2.1")
    assert (found.header("X-Tenant"), found.header("Content-Type"), found.header("X-Other")) == (
        "acme",
        "text/plain",
        None,
    )
