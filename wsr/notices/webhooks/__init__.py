"""Webhooks: other programs are told that something happened, by the rules of Standard Webhooks (standardwebhooks.com)."""
