"""The demo as `make run` makes it: a process of its own, a real worker, the real sign-in pages."""

from django.urls import reverse

from programs import demo


def test_a_newcomer_runs_the_command_signs_in_and_finds_the_farms_published(
    manage, worker, client, settings, monkeypatch
):
    monkeypatch.setenv("WSR_DEMO", "1")
    settings.DEMO = True
    said = manage("demo").stdout
    assert manage("demo").stdout == said
    password = demo.password_of_all()
    assert password in said

    director = "farms.director@demo.example"
    sent = client.post(reverse("account_login"), {"login": director, "password": password}, follow=True)
    assert "code" in {name for form in sent.context_data.values() for name in getattr(form, "fields", ())}
    code = client.post(reverse("programs:demo_code"), {"asked": director}).context["code"]
    client.post(sent.request["PATH_INFO"], {"code": code})
    assert "Demo Growers One" in client.get(reverse("programs:suppliers", args=["farms-demo"])).text

    worker.wait_for(
        lambda: "Demo Farm Alder" in client.get(reverse("registry:search")).text,
        what="the farms to be published",
    )
