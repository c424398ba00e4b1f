"""The reference interpreter: what a policy means for the facts of one patient-month, with reasons and amounts."""

from ccm_policy.evaluate.decide import Options, decide
from ccm_policy.evaluate.decision import Decision, ServiceDecision
from ccm_policy.evaluate.opening import opened
from ccm_policy.evaluate.panel import decided

__all__ = ["Decision", "Options", "ServiceDecision", "decide", "decided", "opened"]
