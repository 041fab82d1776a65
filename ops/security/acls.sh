#!/bin/sh
# The rights of the workers' principal at Kafka, with kafka-acls.sh of Kafka on the PATH:
#   PRINCIPAL=User:tenantry BROKER='--bootstrap-server kafka:9093 --command-config admin.properties' ./acls.sh
# Put kafka.topic-prefix before the names of the topics; in place of the second tenantry, write kafka.group-id.
set -eu
# $BROKER is several words.
# shellcheck disable=SC2086
allow() { kafka-acls.sh $BROKER --add --allow-principal "$PRINCIPAL" "$@"; }

allow --operation Read --topic tenant.created --topic migration.requested
allow --operation Read --group tenantry
allow --operation Write --topic tenant.results --topic tenant.created-dlt --topic migration.requested-dlt
allow --operation Write --resource-pattern-type prefixed --transactional-id tenantry-
