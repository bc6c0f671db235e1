# From nothing to a running program: `make demo`. From nothing to all tests: `make test`. `make help` lists the rest.

PYTHON ?=
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

# What the wheels do not carry: a browser, real DICOM peers for the tests, and what VTK and Qt load to draw without a display.
SYSTEM_PACKAGES := python3-venv ca-certificates openssl chromium fonts-dejavu-core dcmtk orthanc \
  libegl1 libegl-mesa0 libgl1 libgl1-mesa-dri libx11-6 libatomic1 \
  libfontconfig1 libfreetype6 libglib2.0-0 libxkbcommon0 libdbus-1-3

# Where two cores are there, two test processes; a file's tests stay together, in order, in one of them.
PYTEST      := $(BIN)/python -m pytest
PYTEST_ARGS ?= -n 2 --dist loadfile
TESTS       ?= Testing

# Folders with planning CTs for the benchmarks, instead of what each takes by itself: make bench PLANNING="/my/ct /other/ct"
PLANNING ?=
CTS      := $(addprefix --planning ,$(PLANNING))
A_CT     := $(addprefix --planning ,$(or $(PLANNING),Resources/Cases/t12-vertebroplasty/planning))

.PHONY: help system install demo test lint soak fuzz bench cmake-files translations schemas clean
.DEFAULT_GOAL := help

help:
	@echo "make install       .venv with everything, and the system packages (as root on Debian)"
	@echo "make demo          the sample case through a real DICOM association, in the browser"
	@echo "make test          all tests, lint included"
	@echo "make lint          ruff, mypy, import-linter"
	@echo "make soak          replay for hours: memory, nodes and observers must stay flat"
	@echo "make fuzz          hostile DICOM peers and kills of the node, for an hour"
	@echo "make bench         the tables of the documentation, on the sample case"
	@echo "make cmake-files   rewrite the file list of CMakeLists.txt and the package list of pyproject.toml"
	@echo "make translations  bring Resources/Translations up to date with the source"
	@echo "make schemas       rewrite the JSON Schemas in docs/schemas"
	@echo "make clean         remove .venv and what was built"

install: system $(READY)

# Looked at every time (it takes a moment): what is missing is installed, or named in a line to run.
system:
	@sh Testing/install/system_packages.sh $(SYSTEM_PACKAGES)

$(READY): pyproject.toml Testing/install/virtual_environment.sh | system
	@sh Testing/install/virtual_environment.sh $(VENV) $(PYTHON)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@

demo: install
	$(BIN)/spineguide demo

test: install
	$(PYTEST) $(PYTEST_ARGS) -m "not long" $(TESTS)

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

soak: $(READY)
	$(PYTEST) -m long -k soak --timeout=0 Testing

fuzz: $(READY)
	$(PYTEST) -m long -k "not soak" --timeout=0 Testing

bench: $(READY)
	$(BIN)/python Testing/benchmarks/registration.py $(CTS)
	$(BIN)/python Testing/benchmarks/registration_tuning.py $(CTS) --targets 1
	$(BIN)/python Testing/benchmarks/registration_uncertainty.py $(CTS)
	$(BIN)/python Testing/benchmarks/registration_false_locks.py $(CTS)
	$(BIN)/python Testing/benchmarks/registration_volumes.py $(CTS)
	$(BIN)/python Testing/benchmarks/instruments.py $(A_CT)
	$(BIN)/python Testing/benchmarks/planning.py
	$(BIN)/python Testing/benchmarks/drr.py $(A_CT)
	$(BIN)/python Testing/benchmarks/fluoroscopy.py $(A_CT)
	$(BIN)/python Testing/benchmarks/fluoroscopy_false_locks.py $(A_CT)
	$(BIN)/python Testing/benchmarks/alerts.py
	$(BIN)/python Testing/benchmarks/alerts_images.py
	$(BIN)/python Testing/benchmarks/node_speed.py
	$(BIN)/python Testing/benchmarks/console.py

cmake-files: $(READY)
	$(BIN)/python Testing/repository/file_lists.py --write

translations: $(READY)
	$(BIN)/python Testing/repository/translations.py --write

schemas: $(READY)
	$(BIN)/spineguide schemas docs/schemas

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks
