"""What is done when a template is loaded comes out as if it were done in each request."""

from __future__ import annotations

import pytest
from jinja2 import ChoiceLoader, DictLoader

from portal.web.folding import MissingTranslation
from portal.web.templating import PortalEnvironment, load_all

SMS = '{{ ngettext("%(num)s bill of %(name)s", "%(num)s bills of %(name)s", 3, name=x) }} are {{ _(x) }}'


@pytest.fixture
def slovenian() -> PortalEnvironment:
    return PortalEnvironment("sl")


def drawn(environment: PortalEnvironment, source: str, **values: object) -> str:
    return environment.from_string(source).render(**values)


def test_a_constant_message_is_translated_when_loaded(slovenian: PortalEnvironment) -> None:
    template = slovenian.from_string('{{ _("Bills") }}')

    assert "Računi" in slovenian.compile('{{ _("Bills") }}', raw=True)
    assert template.render() == "Računi"


def test_a_message_without_translation_stops_the_template(slovenian: PortalEnvironment) -> None:
    with pytest.raises(MissingTranslation):
        slovenian.from_string('{{ _("Nobody has translated this") }}')


def test_every_template_loads_in_every_language() -> None:
    load_all()


def test_values_in_a_message_are_escaped(slovenian: PortalEnvironment) -> None:
    assert drawn(slovenian, '{{ _("Pay %(amount)s", amount=x) }}', x="<b>") == "Plačaj &lt;b&gt;"
    assert drawn(slovenian, '{% set said = _("Pay %(amount)s", amount=x) %}{{ said }}', x="<b>") == "Plačaj &lt;b&gt;"


def test_a_message_known_only_at_run_time_is_escaped_too(slovenian: PortalEnvironment) -> None:
    assert drawn(slovenian, "{{ _(x) }}", x="<script>") == "&lt;script&gt;"


def test_plain_text_is_not_escaped(slovenian: PortalEnvironment) -> None:
    slovenian.loader = DictLoader({"sms.txt": SMS, "page.html": SMS, "email.md": SMS})
    plain, *escaped = [slovenian.get_template(name).render(x="<O'Č>") for name in ("sms.txt", "page.html", "email.md")]

    assert plain == "3 bills of <O'Č> are <O'Č>"
    assert escaped == ["3 bills of &lt;O&#39;Č&gt; are &lt;O&#39;Č&gt;"] * 2


def test_a_constant_component_becomes_its_html(slovenian: PortalEnvironment) -> None:
    assert "<svg" in slovenian.compile('{{ ui.icon("next") }}', raw=True)


@pytest.mark.parametrize("state", ["ok", "due", "overdue", "cut", "pending", "info"])
def test_a_component_written_into_the_page_equals_its_call(slovenian: PortalEnvironment, state: str) -> None:
    written_out = drawn(slovenian, "{{ ui.badge(state, word) }}", state=state, word=None)
    called = drawn(slovenian, "{% set badge = ui.badge %}{{ badge(state, word) }}", state=state, word=None)

    assert "ui" not in slovenian.compile("{{ ui.badge(state, word) }}", raw=True).partition("def root")[2]
    assert written_out == called


def test_what_a_customer_wrote_is_escaped_inside_a_component(slovenian: PortalEnvironment) -> None:
    html = drawn(slovenian, "{{ ui.bill_row('/', number, '<i>', '1', 'ok') }}", number="<b>&")

    assert "&lt;b&gt;&amp;" in html


def test_a_component_does_not_see_the_page(slovenian: PortalEnvironment) -> None:
    """`notice` takes a body from `{% call %}`; the page's own variable of that name must not become it."""
    html = drawn(slovenian, "{{ ui.notice(text) }}", text="a", caller=lambda: "leaked")

    assert "leaked" not in html


def test_nested_bodies_keep_their_own_components(slovenian: PortalEnvironment) -> None:
    source = '{% call ui.card(title) %}{% call ui.section("x") %}{{ ui.amount(sum) }}{% endcall %}{% endcall %}'

    assert "<h2>t</h2>" in drawn(slovenian, source, title="t", sum="5 €")


def test_blocks_render_alone() -> None:
    environment = PortalEnvironment("en")
    assert environment.loader is not None
    environment.loader = ChoiceLoader(
        [DictLoader({"p": '{% block part %}<p id="part">{{ ui.amount(sum) }}</p>{% endblock %}'}), environment.loader]
    )
    template = environment.get_template("p")

    alone = "".join(template.blocks["part"](template.new_context({"sum": "5 €"})))

    assert alone == '<p id="part"><span class="amount">5 €</span></p>'
