"""Reads and writes Parquet with pyarrow, DuckDB and Polars.

    peers.py read FILE      each library's rows of a file, and its statistics
    peers.py write FOLDER   files of many kinds, and their rows

Rows are canonical texts, as datasets' fingerprints have them. The answer is JSON.
"""
import datetime
import decimal
import json
import math
import os
import struct
import sys
import uuid

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq


def canonical(column):
    """A column's canonical texts."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.timestamp("us", kind.tz)).cast(pa.int64())
    elif pa.types.is_date32(kind):
        column = column.cast(pa.int32())
    return [text(kind, value) for value in column.to_pylist()]


def text(kind, value):
    if value is None:
        return "\\N"
    if pa.types.is_decimal(kind):
        return str(int(value.scaleb(kind.scale, decimal.Context(prec=80))))
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return "7ff8000000000000" if math.isnan(value) else struct.pack(">d", value).hex()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime.time):
        plain = value.strftime("%H:%M:%S.%f")
        return plain.rstrip("0").rstrip(".")
    return str(value).replace("\\", "\\\\").replace("|", "\\|")


def rows(table):
    columns = [canonical(column) for column in table.columns]
    return ["|".join(row) for row in zip(*columns)]


def stored(value):
    """A statistic in the form of a column's canonical text."""
    if isinstance(value, float):
        return struct.pack(">d", value).hex()
    return value.hex() if isinstance(value, bytes) else str(value)


def statistics(path):
    found = []
    file = pq.ParquetFile(path).metadata
    for g in range(file.num_row_groups):
        group = {}
        for c in range(file.num_columns):
            column = file.row_group(g).column(c)
            s = column.statistics
            has = s is not None and s.has_min_max
            group[column.path_in_schema] = {
                "nulls": None if s is None else s.null_count,
                "min": stored(s.min_raw) if has else None,
                "max": stored(s.max_raw) if has else None,
            }
        found.append(group)
    return found


def read(path):
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    by_duckdb = connection.read_parquet(path)
    return {
        "pyarrow": rows(pq.read_table(path, page_checksum_verification=True)),
        "duckdb": rows(by_duckdb.to_arrow_table()),
        "polars": rows(polars.read_parquet(path).to_arrow()),
        "statistics": statistics(path),
    }


def everything(count):
    """A table of all flat types."""
    some = lambda make: [None if i % 5 == 4 else make(i) for i in range(count)]
    D = decimal.Decimal
    micros = lambda i: (i - 3) * 1_234_567_890_123
    return pa.table({
        "id": pa.array(range(count), pa.int64()),
        "flag": pa.array(some(lambda i: i % 3 == 0)),
        "tiny": pa.array(some(lambda i: i % 100 - 50), pa.int8()),
        "small": pa.array(some(lambda i: i * 7 % 30000), pa.int16()),
        "int": pa.array(some(lambda i: (-1) ** i * i * 21_000), pa.int32()),
        "utiny": pa.array(some(lambda i: i % 256), pa.uint8()),
        "usmall": pa.array(some(lambda i: 65535 - i), pa.uint16()),
        "uint": pa.array(some(lambda i: 2 ** 32 - 1 - i), pa.uint32()),
        "ulong": pa.array(some(lambda i: 2 ** 64 - 1 - i), pa.uint64()),
        "float": pa.array(some(lambda i: i / 4), pa.float32()),
        "double": pa.array(some(lambda i: -i / 3), pa.float64()),
        "d5": pa.array(some(lambda i: D(i % 999) / 100), pa.decimal128(5, 2)),
        "d15": pa.array(some(lambda i: D(i * 1000003) / 10000), pa.decimal128(15, 4)),
        "d30": pa.array(some(lambda i: D(10) ** 18 * i), pa.decimal128(30, 3)),
        "text": pa.array(some(lambda i: f"é{i}|\\" if i % 2 else "")),
        "word": pa.array(some(lambda i: ["yes", "no", "perhaps"][i % 3])),
        "bytes": pa.array(some(lambda i: bytes([i % 256, 0, 255]))),
        "fixed": pa.array(some(lambda i: bytes([i % 256] * 5)), pa.binary(5)),
        "date": pa.array(some(lambda i: i * 37 - 9000), pa.date32()),
        "ms": pa.array(some(lambda i: micros(i) // 1000), pa.timestamp("ms")),
        "us": pa.array(some(micros), pa.timestamp("us")),
        "utc": pa.array(some(micros), pa.timestamp("us", "UTC")),
        "ns": pa.array(some(lambda i: micros(i) * 1000), pa.timestamp("ns")),
        "time": pa.array(some(lambda i: i * 86_399_000 // count), pa.time32("ms")),
        "time_us": pa.array(some(lambda i: i * 86_399_999_999 // count), pa.time64("us")),
    })


def write(folder):
    names = {}

    def keep(name, table, again=None):
        names[name] = rows(again or table)
        return os.path.join(folder, name + ".parquet")

    table = everything(300)
    for codec in ["none", "snappy", "gzip", "brotli", "lz4", "zstd"]:
        for version in ["1.0", "2.0"]:
            name = f"pyarrow_{codec}_v{version[0]}"
            pq.write_table(table, keep(name, table), compression=codec,
                           data_page_version=version, row_group_size=120,
                           data_page_size=200, write_page_checksum=True)
    deltas = {"id": "DELTA_BINARY_PACKED", "int": "DELTA_BINARY_PACKED",
              "us": "DELTA_BINARY_PACKED", "text": "DELTA_BYTE_ARRAY",
              "word": "DELTA_LENGTH_BYTE_ARRAY", "double": "BYTE_STREAM_SPLIT",
              "float": "BYTE_STREAM_SPLIT", "fixed": "DELTA_BYTE_ARRAY",
              "bytes": "DELTA_LENGTH_BYTE_ARRAY", "flag": "RLE",
              "d30": "BYTE_STREAM_SPLIT", "date": "BYTE_STREAM_SPLIT"}
    pq.write_table(table, keep("pyarrow_encodings", table), use_dictionary=False,
                   column_encoding=deltas, data_page_version="2.0")
    pq.write_table(table, keep("pyarrow_plain", table), use_dictionary=False)
    pq.write_table(table, keep("pyarrow_decimals", table), store_decimal_as_integer=True)
    old = table.select(["id", "us", "text"])
    pq.write_table(old, keep("pyarrow_int96", old), use_deprecated_int96_timestamps=True,
                   flavor="spark", version="1.0")
    keep("pyarrow_empty", table.slice(0, 0))
    pq.write_table(table.slice(0, 0), os.path.join(folder, "pyarrow_empty.parquet"))

    frame = polars.from_arrow(table.drop(["fixed", "time"]))
    frame.write_parquet(keep("polars", table, frame.to_arrow()), statistics=True,
                        row_group_size=100)
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    flat = table.drop(["ns", "time", "fixed"])
    for codec in ["uncompressed", "snappy", "gzip", "zstd", "lz4_raw", "brotli"]:
        for version in ["v1", "v2"]:
            path = keep(f"duckdb_{codec}_{version}", flat)
            connection.execute(f"copy flat to '{path}' (format parquet, compression "
                               f"{codec}, parquet_version {version}, row_group_size 2048)")
    special = connection.sql(
        "select i::bigint id, uuid() u, ('{\"a\": ' || i || '}')::json j, "
        "(['x', 'y'])[1 + i % 2]::enum ('x', 'y') e, (i * 1e37)::decimal(38, 0) wide, "
        "null::integer nothing from range(5) t(i)").to_arrow_table()
    connection.register("special", special)
    path = keep("duckdb_special", special)
    connection.execute(f"copy (select id, u::uuid u, j::json j, "
                       f"e::varchar::enum ('x', 'y') e, wide, nothing from special) "
                       f"to '{path}' (format parquet)")
    names["duckdb_special"] = [
        "|".join(text(pa.string() if k else pa.int64(), v) for k, v in enumerate(row))
        for row in connection.execute(
            "select id, u::varchar, j::varchar, e::varchar, wide::varchar, nothing "
            "from special").fetchall()]

    pq.write_table(pa.table({"id": [1], "tags": [["a"]], "pair": [{"x": 1}],
                             "bag": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())),
                             "half": pa.array([1.5], pa.float16())}),
                   os.path.join(folder, "nested.parquet"))
    pq.write_table(pa.table({"at": pa.array([1_000_000_001], pa.timestamp("ns"))}),
                   os.path.join(folder, "nanoseconds.parquet"))
    return names


if __name__ == "__main__":
    command, where = sys.argv[1:]
    print(json.dumps({"read": read, "write": write}[command](where)))
