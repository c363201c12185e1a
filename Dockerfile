# The program in one image: web process and message worker are started from it (compose.yaml).
FROM python:3.11-slim-bookworm
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /clinic
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN useradd --system --uid 10001 clinic && mkdir -p instance && chown clinic instance
USER clinic
VOLUME /clinic/instance
CMD ["gunicorn", "-c", "python:booking.cli.serving", "--bind", "0.0.0.0:8000", "wsgi:app"]
