"""The JSON API: DESIGN section 6, described in ``channels/web/openapi.yaml``."""
