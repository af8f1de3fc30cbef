# frozen_string_literal: true

# Checks and measures this host: nhipol_host.rb conformance FOLDER | measure PREFIX | stress PREFIX DECISIONS THREADS.
# Each command prints one line of JSON.

$LOAD_PATH.unshift File.expand_path('../lib', __dir__)
require 'nhipol'
require 'time'
require_relative 'conformance'
require_relative 'libraries'

# A policy, requests, and the effect that each must have.
class Workload
  attr_reader :policy, :requests

  def initialize(prefix)
    @policy = Nhipol.load(Libraries.new('-O3').of(File.binread("#{prefix}.wasm")))
    @requests = File.readlines("#{prefix}.jsonl", chomp: true)
    @effects = File.readlines("#{prefix}.effects", chomp: true).map(&:to_sym)
  end

  # The number of requests from `first` on whose effect differs.
  def wrong(count = requests.size, first = 0)
    count.times.count do |each|
      at = (first + each) % requests.size
      policy.decide_json(requests[at]).effect != @effects[at]
    end
  end
end

def median(inputs)
  times = Array.new(31) do
    start = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
    inputs.each { |each| yield each }
    (Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond) - start) / inputs.size.to_f
  end
  times.sort[times.size / 2].round(1)
end

def measure(prefix)
  workload = Workload.new(prefix)
  abort 'an answer is not the expected one' unless workload.wrong.zero?
  json = median(workload.requests) { |each| workload.policy.decide_json(each) }
  native = median(workload.requests.map { |each| JSON.parse(each) }) { |each| workload.policy.decide(each) }
  response = median(workload.requests) { |each| workload.policy.decide_response(each) }
  puts JSON.generate({ json: json, native: native, response: response, allocations: nil })
  true
end

def resident = File.read('/proc/self/statm').split[1].to_i * 4096

def stress(prefix, decisions, threads)
  workload = Workload.new(prefix)
  run = lambda do |count|
    Array.new(threads) { |at| Thread.new { workload.wrong(count / threads, at * 97) } }.sum(&:value)
  end
  wrong = run.call(decisions / 10)
  warm = resident
  wrong += run.call(decisions - (decisions / 10))
  puts JSON.generate({ decisions: decisions, threads: threads, disagreements: wrong, memory: [warm, resident] })
  wrong.zero?
end

def conformance(folder)
  cases = Conformance.new(folder, Libraries.new('-O1'))
  is_passed = cases.run
  puts cases.to_json
  is_passed
end

case ARGV
in ['conformance', folder] then exit conformance(folder)
in ['measure', prefix] then exit measure(prefix)
in ['stress', prefix, decisions, threads] then exit stress(prefix, Integer(decisions), Integer(threads))
else
  abort 'usage: nhipol_host.rb conformance FOLDER | measure PREFIX | stress PREFIX DECISIONS THREADS'
end
