"""A prompt template as a Jinja chat template, so that every server prompts as training did."""

from __future__ import annotations

from typing import Any

from dartmath.prompts.template import Template, encode_prompt


def jinja_template(template: Template, tokenizer: Any) -> str:
    """The chat template that renders a user's message exactly as `template` does.

    Servers tokenise rendered chats without adding special tokens, so the beginning-of-text token
    is in the text where the tokenizer would add it. A system message of the client takes the place
    of the template's own; an answered turn ends with the template's separator.
    """
    opening, closing = template.before_query, template.after_query + template.before_response
    last = closing.rstrip(" ")
    # With nothing behind the query, spaces at the query's own end are dropped, as render() does.
    ask = f"+ {last!a}" if last else ""
    content = "message['content']" if last else "message['content'].rstrip(' ')"
    return "".join(
        (
            f"{{{{ {_bos(template, tokenizer)!a} }}}}",
            "{% if messages[0]['role'] == 'system' %}",
            f"{{{{ messages[0]['content'] + {_tail(template.system)!a} }}}}",
            f"{{% else %}}{{{{ {template.system!a} }}}}{{% endif %}}",
            "{% for message in messages %}",
            "{% if message['role'] == 'user' %}",
            "{% if loop.last and add_generation_prompt %}",
            f"{{{{ {opening!a} + {content} {ask} }}}}",
            f"{{% else %}}{{{{ {opening!a} + message['content'] + {closing!a} }}}}{{% endif %}}",
            "{% elif message['role'] == 'assistant' %}",
            f"{{{{ message['content'] + {template.separator!a} }}}}",
            "{% elif message['role'] != 'system' or not loop.first %}",
            "{{ raise_exception('this model knows the roles user and assistant, and one system message') }}",
            "{% endif %}{% endfor %}",
        )
    )


def _bos(template: Template, tokenizer: Any) -> str:
    """The beginning-of-text token, where `encode_prompt` adds it to a text."""
    text = template.render("1").text or ""
    bos = tokenizer.bos_token
    if not bos or text.startswith(bos):
        return ""
    return str(bos) if encode_prompt(tokenizer, text)[:1] == [tokenizer.bos_token_id] else ""


def _tail(system: str) -> str:
    """The white space that separates the system text from what follows."""
    return system[len(system.rstrip()) :]
