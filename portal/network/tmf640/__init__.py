"""The operator's network by TM Forum's Service Activation and Configuration API (TMF640 v4). See docs/network.md."""
