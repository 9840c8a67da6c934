# Everything is in wsr/bootstrap.py; without make: python3 wsr/bootstrap.py run
.PHONY: help run test manage screenshots bench lock fmt messages demo-reset
help: ; @python3 wsr/bootstrap.py help
run: ; @python3 wsr/bootstrap.py run $(if $(PORT),--port $(PORT))
test: ; @python3 wsr/bootstrap.py test $(ARGS)
manage: ; @python3 wsr/bootstrap.py manage $(ARGS)
screenshots: ; @python3 wsr/bootstrap.py screenshots
bench: ; @python3 wsr/bootstrap.py bench $(ARGS)
lock: ; @python3 wsr/bootstrap.py lock $(ARGS)
fmt: ; @python3 wsr/bootstrap.py fmt
messages: ; @python3 wsr/bootstrap.py messages $(ARGS)
demo-reset: ; @python3 wsr/bootstrap.py demo-reset
