#!/usr/bin/env bash
# Made by: scout-review plan --gpu h100 --count 8 --nodes 2 --tokens 9000000 --format ray
# On the first of 2 machines:  ray-cluster.sh head
# On each of the others:        ray-cluster.sh worker ADDRESS_OF_THE_FIRST
# Ray's own ports have no password: keep them to a private network.
set -euo pipefail

role="${1:?head or worker}"
shift
case "$role" in
head)
  : "${VLLM_API_KEY:?set it, the same as SCOUT_REVIEW_API_KEY where reviews run}"
  ray start --head --port 6379 --include-dashboard=false
  trap "ray stop" EXIT
  VLLM_ALLOW_CHUNKED_LOCAL_ATTN_WITH_HYBRID_KV_CACHE=1 \
  vllm serve meta-llama/Llama-4-Scout-17B-16E-Instruct \
    --host 127.0.0.1 \
    --port 8000 \
    --tensor-parallel-size 8 \
    --pipeline-parallel-size 2 \
    --distributed-executor-backend ray \
    --max-model-len 10485760 \
    --gpu-memory-utilization 0.92 \
    --max-num-batched-tokens 8192 \
    --max-num-seqs 16 \
    --enable-prefix-caching \
    --enable-prompt-tokens-details \
    --structured-outputs-config '{"backend":"xgrammar","disable_any_whitespace":true}' \
    --language-model-only
  ;;
worker)
  : "${1:?address of the first machine}"
  ray start \
    --address "$1:6379" \
    --block
  ;;
*)
  echo "head or worker" >&2
  exit 2
  ;;
esac
