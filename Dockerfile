# One image for the worker, the migration and the command line. It holds what runs and nothing to build or test.
FROM python:3.11.14-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PYTHONPATH=/app PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

# The lock first: as long as it does not change, neither does this layer.
COPY requirements/runtime.txt requirements/runtime.txt
RUN pip install --no-cache-dir --require-hashes --requirement requirements/runtime.txt

COPY domain domain
COPY workflows workflows
COPY activities activities
COPY ledger ledger
COPY policies policies
COPY sandbox sandbox
COPY stack stack
COPY cli cli
COPY client.py settings.py worker.py starter.py ./
RUN python -m compileall -q . \
    && printf '#!/bin/sh\nexec python -m starter "$@"\n' > /usr/local/bin/redress \
    && chmod 755 /usr/local/bin/redress \
    && useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin --uid 10001 redress

USER 10001
ENTRYPOINT ["redress"]
CMD ["--help"]
