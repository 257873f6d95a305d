"""Starts MiniStack with what it lacks put in. See docs/emulator.md."""

from ministack.core import iam_actions
from ministack.core.iam_evaluator import EvalContext, resource_policy_allows
from ministack.core.responses import (
    get_account_id,
    get_region,
    set_request_account_id,
    set_request_region,
)
from ministack.services import eventbridge, scheduler
from ministack.services.cloudformation import provisioners

# SQS knows no actions of batches: they take the right to the single one.
_action = iam_actions.extract_iam_action


def _action_of_request(service, *rest):
    action = _action(service, *rest)
    return action.removesuffix("Batch") if action and service == "sqs" else action


iam_actions.extract_iam_action = _action_of_request

# Events in the name of AWS's services are refused to users. ECR is played outside the emulator, and has to tell of pushes.
eventbridge._put_events.__defaults__ = (True,)


def _put_policy(_logical_id, properties, _stack):
    """AWS::Events::EventBusPolicy"""
    bus, sid = properties.get("EventBusName", "default"), properties["StatementId"]
    policy = {"Version": "2012-10-17", "Statement": [{**properties["Statement"], "Sid": sid}]}
    eventbridge._event_bus_policies[bus] = policy
    return f"{bus}|{sid}", {}


def _delete_policy(physical_id, _properties):
    eventbridge._event_bus_policies.pop(physical_id.split("|")[0], None)


provisioners._RESOURCE_HANDLERS["AWS::Events::EventBusPolicy"] = {
    "create": _put_policy,
    "delete": _delete_policy,
}

# Alarms over expressions are refused. They are made over the first metric of the expression; none is ever looked at.
_alarm_record = provisioners._cw_metric_alarm_record


def _record_of_alarm(name, properties):
    stats = [metric["MetricStat"] for metric in properties.get("Metrics", []) if "MetricStat" in metric]
    if not stats:
        return _alarm_record(name, properties)
    plain = {key: value for key, value in properties.items() if key != "Metrics"}
    metric = {key: value for key, value in stats[0].items() if key == "Period"}
    return _alarm_record(name, {**plain, **metric, **stats[0]["Metric"], "Statistic": stats[0]["Stat"]})


provisioners._cw_metric_alarm_record = _record_of_alarm

# Rules reach buses of their own account alone. Connected accounts forward their pushes to the hub's, whose policy decides.
_dispatch = eventbridge._dispatch_to_event_bus


def _dispatch_to_any_account(bus, *rest):
    account, region = get_account_id(), get_region()
    set_request_account_id(bus.account_id)
    set_request_region(bus.region)
    try:
        request = EvalContext(
            principal_arn=f"arn:aws:iam::{account}:root",
            principal_type="Root",
            principal_account=account,
            action="events:PutEvents",
            resource_arn=f"arn:aws:events:{bus.region}:{bus.account_id}:{bus.resource}",
            region=bus.region,
        )
        policy = eventbridge._event_bus_policies.get(bus.resource.split("/", 1)[1])
        if resource_policy_allows(policy, request, same_account=account == bus.account_id):
            _dispatch(bus, *rest)
    finally:
        set_request_account_id(account)
        set_request_region(region)


eventbridge._dispatch_to_event_bus = _dispatch_to_any_account

# A schedule that becomes one of a single time never fires, because it was looked at before. And all are looked at too seldom.
_tick = scheduler._tick_schedules


def _tick_with_changes():
    for key, schedule in list(scheduler._schedules._data.items()):
        looked_at = scheduler._schedule_last_fired.get(key, 0)
        if schedule["ScheduleExpression"].startswith("at(") and looked_at < schedule["LastModificationDate"]:
            scheduler._schedule_last_fired.pop(key, None)
    _tick()


scheduler._tick_schedules = _tick_with_changes
scheduler._SCHEDULE_TICK_INTERVAL = 1

from ministack.app import main  # noqa: E402

main()
