"""The engine for batch APIs: files of requests, answered hours later at a part of the price."""
