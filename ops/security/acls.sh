#!/bin/sh
# Rights at Kafka, with kafka-acls.sh of Kafka on the PATH. Those of the workers' principal:
#   PRINCIPAL=User:tenantry BROKER='--bootstrap-server kafka:9093 --command-config admin.properties' ./acls.sh
# Those of the principal that runs the command `tenantry topics`:
#   PRINCIPAL=User:… BROKER=… ./acls.sh topics
# GROUP is kafka.group-id, and PREFIX is kafka.topic-prefix, if the settings have them.
set -eu
GROUP=${GROUP:-tenantry}
PREFIX=${PREFIX:-}

# $BROKER is several words.
# shellcheck disable=SC2086
allow() { kafka-acls.sh $BROKER --add --allow-principal "$PRINCIPAL" "$@"; }

worker() {
  allow --operation Read --topic "${PREFIX}tenant.created" --topic "${PREFIX}migration.requested" --topic "${PREFIX}rollout.requested"
  allow --operation Read --group "$GROUP"
  allow --operation Write --topic "${PREFIX}tenant.results" --topic "${PREFIX}rollout.results" --topic "${PREFIX}tenant.drift" --topic "${PREFIX}migration.requested" \
    --topic "${PREFIX}tenant.created-dlt" --topic "${PREFIX}migration.requested-dlt" --topic "${PREFIX}rollout.requested-dlt"
  allow --operation Write --resource-pattern-type prefixed --transactional-id "$GROUP-"
}

# Neither Create nor DescribeConfigs includes Describe.
topics() {
  for topic in tenant.created migration.requested rollout.requested; do
    allow --operation Create --operation Describe --operation DescribeConfigs --topic "$PREFIX$topic"
    allow --operation Create --operation Describe --topic "$PREFIX$topic-dlt"
  done
  allow --operation Create --operation Describe --topic "${PREFIX}tenant.results" --topic "${PREFIX}rollout.results" --topic "${PREFIX}tenant.drift"
}

case ${1:-worker} in
  worker) worker ;;
  topics) topics ;;
  *) echo "acls.sh: $1 is not known: give topics, or nothing for the workers" >&2; exit 2 ;;
esac
