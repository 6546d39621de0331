"""The modules and frameworks that come with Swift, with Apple's platforms and with C libraries."""

from __future__ import annotations

_NAMES = """
AVFoundation AVKit Accelerate ActivityKit Android AppIntents AppKit ApplicationServices
AuthenticationServices BackgroundTasks Bionic CRT Charts CloudKit Cocoa Combine CommonCrypto
Contacts CoreAudio CoreBluetooth CoreData CoreFoundation CoreGraphics CoreImage CoreLocation
CoreML CoreMedia CoreMotion CoreServices CoreText CoreVideo CryptoKit Darwin Dispatch Distributed
EventKit Foundation FoundationEssentials FoundationNetworking FoundationXML GameKit Glibc
HealthKit ImageIO Intents LocalAuthentication MapKit MessageUI Metal MetalKit MobileCoreServices
Musl Network OSLog ObjectiveC Observation PackageDescription PackagePlugin Photos PhotosUI
QuartzCore RegexBuilder SafariServices SceneKit Security Speech SpriteKit StoreKit Swift SwiftData
SwiftUI Synchronization SystemConfiguration Testing UIKit UniformTypeIdentifiers UserNotifications
WASILibc WatchKit WebKit WidgetKit WinSDK XCTest _Concurrency _StringProcessing os ucrt
"""

FRAMEWORKS = frozenset(_NAMES.split())
