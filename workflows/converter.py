"""The one place where the data converter is built, so that client, worker and replayer cannot differ."""

import dataclasses

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, PayloadCodec


def data_converter(codec: PayloadCodec | None = None) -> DataConverter:
    """Return the converter; `codec` is the slot for encryption, which nothing uses yet."""
    return dataclasses.replace(pydantic_data_converter, payload_codec=codec)


DATA_CONVERTER = data_converter()
