#!/usr/bin/env bash
#SBATCH --job-name=scout-server
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=8
#SBATCH --exclusive
#SBATCH --time=24:00:00
# Made by: scout-review plan --gpu h100 --count 8 --nodes 2 --tokens 9000000 --format slurm
# Submit with VLLM_API_KEY set. The server listens on loopback of the first node:
# run the review there, or through ssh -L 8000:127.0.0.1:8000 FIRST_NODE.
set -euo pipefail

: "${VLLM_API_KEY:?set it, the same as SCOUT_REVIEW_API_KEY where reviews run}"

head="$(scontrol show hostnames "$SLURM_JOB_NODELIST" | sed -n 1p)"
export head

serve() {
  if [ "$SLURM_NODEID" -eq 0 ]; then
    VLLM_ALLOW_CHUNKED_LOCAL_ATTN_WITH_HYBRID_KV_CACHE=1 \
    vllm serve meta-llama/Llama-4-Scout-17B-16E-Instruct \
      --host 127.0.0.1 \
      --port 8000 \
      --tensor-parallel-size 8 \
      --pipeline-parallel-size 2 \
      --nnodes 2 \
      --node-rank 0 \
      --master-addr "$head" \
      --max-model-len 10485760 \
      --gpu-memory-utilization 0.92 \
      --max-num-batched-tokens 8192 \
      --max-num-seqs 16 \
      --enable-prefix-caching \
      --enable-prompt-tokens-details \
      --structured-outputs-config '{"backend":"xgrammar","disable_any_whitespace":true}' \
      --language-model-only
  else
    VLLM_ALLOW_CHUNKED_LOCAL_ATTN_WITH_HYBRID_KV_CACHE=1 \
    vllm serve meta-llama/Llama-4-Scout-17B-16E-Instruct \
      --host 127.0.0.1 \
      --port 8000 \
      --tensor-parallel-size 8 \
      --pipeline-parallel-size 2 \
      --nnodes 2 \
      --node-rank "$SLURM_NODEID" \
      --master-addr "$head" \
      --headless \
      --max-model-len 10485760 \
      --gpu-memory-utilization 0.92 \
      --max-num-batched-tokens 8192 \
      --max-num-seqs 16 \
      --enable-prefix-caching \
      --enable-prompt-tokens-details \
      --structured-outputs-config '{"backend":"xgrammar","disable_any_whitespace":true}' \
      --language-model-only
  fi
}
export -f serve
srun --kill-on-bad-exit=1 bash -c serve
